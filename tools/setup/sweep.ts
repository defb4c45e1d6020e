import { CACHE } from "../places.ts";

/** Age from which the temporary folder of a process that no longer runs counts as abandoned, ms. */
const LEFT_BEHIND_MS = 60 * 60 * 1000;

/** Removes folders that killed processes have left in the cache's `tmp` folder ("name-pid…"). */
export async function sweepTemp(): Promise<void> {
  const folder = `${CACHE}/tmp`;
  await Deno.mkdir(folder, { recursive: true });
  for await (const { name } of Deno.readDir(folder)) {
    const pid = /-(\d+)/.exec(name)?.[1];
    if (pid && await Deno.stat(`/proc/${pid}`).then(() => true, () => false)) continue;
    const { mtime } = await Deno.stat(`${folder}/${name}`);
    if (mtime && Date.now() - mtime.getTime() < LEFT_BEHIND_MS) continue;
    await Deno.remove(`${folder}/${name}`, { recursive: true });
  }
}
