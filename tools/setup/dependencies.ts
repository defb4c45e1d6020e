import { ROOT } from "../places.ts";
import { runChild } from "../child_process.ts";
import { checksum, isStamped, stamp } from "./stamp.ts";
import { SetupError, type Step } from "./step.ts";

/**
 * The files that determine which packages are installed: the lock file, and the manifests of the workspace's
 * members.
 */
async function manifests(): Promise<string[]> {
  const { workspace } = JSON.parse(await Deno.readTextFile(`${ROOT}/deno.json`)) as { workspace: string[] };
  const folders = [".", ...workspace];
  return ["deno.lock", ...folders.flatMap((folder) => [`${folder}/package.json`, `${folder}/deno.json`])];
}

/** The npm packages of all members, exactly as in deno.lock. */
export const dependencies: Step = {
  name: "dependencies",
  async check() {
    const inputs = await checksum(await manifests());
    if (await isStamped("dependencies", inputs)) return undefined;
    return {
      async run(tell, signal) {
        tell("npm packages, as deno.lock has them");
        const { code, output } = await runChild(Deno.execPath(), ["install", "--frozen"], {
          cwd: ROOT,
          env: { NO_COLOR: "1" },
          signal,
        });
        if (code !== 0) throw new SetupError(`deno install --frozen failed:\n${output.trim()}`);
        await stamp("dependencies", inputs);
      },
    };
  },
};
