import { ROOT } from "../tools/places.ts";
import { makeTempFolder } from "./temp_folder.ts";

/** The commit whose build runs beside this one: that of tests/rollout_base. Changed only with an ADR. */
export const BASE = (await Deno.readTextFile(`${ROOT}/tests/rollout_base`)).trim();

/** Whether this clone has that commit: one without history has not. */
export async function hasBase(): Promise<boolean> {
  const args = ["cat-file", "-e", `${BASE}^{commit}`];
  return (await new Deno.Command("git", { args, cwd: ROOT, stderr: "null" }).output()).success;
}

let made: Promise<string> | undefined;

/**
 * Unpacks that commit's tree into a folder, with this tree's packages; returns the folder, always the same.
 */
export const makeBaseTree = (): Promise<string> => made ??= unpackBase();

async function unpackBase(): Promise<string> {
  const folder = await makeTempFolder("tafelrunde-base-");
  const script = `git -C "${ROOT}" archive ${BASE} | tar -x -C "${folder}"
    for part in . edge media web protocol bench; do
      if [ -d "${ROOT}/$part/node_modules" ]; then cp -a "${ROOT}/$part/node_modules" "${folder}/$part/"; fi
    done`;
  const { success, stderr } = await new Deno.Command("sh", { args: ["-c", script] }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return folder;
}

/** Builds the base's pages, which is done once; returns their folder. */
export async function buildBasePages(): Promise<string> {
  const root = await makeBaseTree();
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", `${root}/tools/build.ts`],
    cwd: root,
    stdout: "null",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return `${root}/web/dist`;
}
