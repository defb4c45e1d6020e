import { createHash } from "node:crypto";
import { ROOT, STAMPS } from "../places.ts";

/** Folders that contain outputs, not inputs. */
const OUTCOMES = new Set(["node_modules", "dist", ".cache"]);

/** Checksum over files and folders of the repository (paths from its root): their names and contents. */
export async function checksum(paths: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const path of paths) await add(path);
  return hash.digest("hex");

  async function add(path: string): Promise<void> {
    const info = await Deno.stat(`${ROOT}/${path}`).catch(() => undefined);
    if (!info) return;
    if (info.isFile) {
      hash.update(`\0${path}\0`).update(await Deno.readFile(`${ROOT}/${path}`));
      return;
    }
    const names: string[] = [];
    for await (const entry of Deno.readDir(`${ROOT}/${path}`)) {
      if (!OUTCOMES.has(entry.name)) names.push(entry.name);
    }
    for (const name of names.sort()) await add(`${path}/${name}`);
  }
}

/** Whether the work called `name` was completed in this clone with these inputs. */
export async function isStamped(name: string, inputs: string): Promise<boolean> {
  return await Deno.readTextFile(`${STAMPS}/${name}`).catch(() => "") === inputs;
}

/** Records that it was. */
export async function stamp(name: string, inputs: string): Promise<void> {
  await Deno.mkdir(STAMPS, { recursive: true });
  await Deno.writeTextFile(`${STAMPS}/${name}`, inputs);
}
