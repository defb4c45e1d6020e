import {
  BUILD_PACKAGES,
  buildWorker,
  cachedWorker,
  fetchPrebuilt,
  installedVersions,
  mediasoupVersion,
  namedWorker,
  type Run,
} from "../../media/worker/worker.ts";
import { runChild } from "../child_process.ts";
import { CACHE, ROOT } from "../places.ts";
import { dependencies } from "./dependencies.ts";
import { findNode, node } from "./node.ts";
import type { Step } from "./step.ts";

/** The worker to use: the named one, otherwise the cached one; undefined if there is none yet. */
export async function findWorker(): Promise<string | undefined> {
  return await namedWorker() ?? await cachedWorker(CACHE, await mediasoupVersion());
}

/** mediasoup-worker: named, cached, prebuilt by mediasoup, or built here from Debian packages. */
export const mediaWorker: Step = {
  name: "media worker",
  async check(tell) {
    try {
      if (await findWorker()) return undefined;
    } catch (error) {
      return { obstacle: error instanceof Error ? error.message : String(error) };
    }
    const version = await mediasoupVersion();
    tell("looking for a prebuilt one");
    if (await fetchPrebuilt(runChild, CACHE, version)) return undefined;
    const installed = await installedVersions(BUILD_PACKAGES);
    return {
      packages: BUILD_PACKAGES.filter((name) => !(name in installed)),
      after: [dependencies.name, node.name],
      async run(tell, signal) {
        const run: Run = (command, args, options) => runChild(command, args, { ...options, signal });
        const mediasoupDir = `${ROOT}/media/node_modules/mediasoup`;
        const worker = await buildWorker({ mediasoupDir, version, cache: CACHE, run, tell });
        tell("trying it");
        const trial = await run(await findNode() ?? "node", [`${ROOT}/media/worker/verify.mjs`, worker]);
        if (trial.code !== 0) {
          throw new Error(`mediasoup does not get along with ${worker}:\n${trial.output}`);
        }
      },
    };
  },
};
