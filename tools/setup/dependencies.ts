import { ROOT } from "../places.ts";
import { runLeashed } from "../leash.ts";
import { checksum, isStamped, stamp } from "./stamp.ts";
import { SetupError, type Step } from "./step.ts";

const INPUTS = [
  "deno.lock",
  "deno.json",
  "package.json",
  ...["protocol", "edge", "media", "web"].flatMap((member) => [
    `${member}/package.json`,
    `${member}/deno.json`,
  ]),
];

/** The npm packages of all members, exactly as deno.lock has them. */
export const dependencies: Step = {
  name: "dependencies",
  async check() {
    const inputs = await checksum(INPUTS);
    if (await isStamped("dependencies", inputs)) return undefined;
    return {
      async run(tell, signal) {
        tell("npm packages, as deno.lock has them");
        const { code, output } = await runLeashed(Deno.execPath(), ["install", "--frozen"], {
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
