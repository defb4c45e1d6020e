import { ROOT } from "../tools/places.ts";
import { makeTempFolder } from "./temp_folder.ts";

/** The commit whose build runs beside this one: that of tests/rollout_base. Changed only with an ADR. */
export const BASE = (await Deno.readTextFile(`${ROOT}/tests/rollout_base`)).trim();

/** Whether this clone has that commit: one without history has not. */
export async function hasBase(): Promise<boolean> {
  const args = ["cat-file", "-e", `${BASE}^{commit}`];
  return (await new Deno.Command("git", { args, cwd: ROOT, stderr: "null" }).output()).success;
}

/** Unpacks that commit's tree into a folder, with this tree's packages; returns the folder. */
export async function makeBaseTree(): Promise<string> {
  const folder = await makeTempFolder("tafelrunde-base-");
  const script = `git -C "${ROOT}" archive ${BASE} | tar -x -C "${folder}"
    for part in . edge media web protocol bench; do
      if [ -d "${ROOT}/$part/node_modules" ]; then cp -a "${ROOT}/$part/node_modules" "${folder}/$part/"; fi
    done`;
  const { success, stderr } = await new Deno.Command("sh", { args: ["-c", script] }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return folder;
}
