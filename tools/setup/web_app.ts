import { runChild } from "../child_process.ts";
import { ROOT } from "../places.ts";
import { dependencies } from "./dependencies.ts";
import { checksum, isStamped, stamp } from "./stamp.ts";
import { SetupError, type Step } from "./step.ts";

/** The files that `edge` serves. */
export const WEB_DIR = `${ROOT}/web/dist`;

/** The web app, built if its sources, the protocol or a dependency have changed. */
export const webApp: Step = {
  name: "web app",
  async check() {
    const inputs = await checksum(["web", "protocol", "deno.lock"]);
    const built = await Deno.stat(`${WEB_DIR}/index.html`).then(() => true, () => false);
    if (built && await isStamped("web", inputs)) return undefined;
    return {
      after: [dependencies.name],
      async run(tell, signal) {
        tell("building");
        await stamp("web", "");
        const vite = `${ROOT}/web/node_modules/vite/bin/vite.js`;
        // Deno reads the configuration itself: Vite would write a copy beside it, which vanishes while others
        // (the linter) list the folder.
        const args = ["run", "-A", vite, "build", "--configLoader", "native"];
        const { code, output } = await runChild(Deno.execPath(), args, {
          cwd: `${ROOT}/web`,
          env: { NO_COLOR: "1" },
          signal,
        });
        if (code !== 0) throw new SetupError(`The web app does not build:\n${output.trim()}`);
        await stamp("web", inputs);
      },
    };
  },
};
