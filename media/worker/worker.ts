import { BUILD_PACKAGES, buildWorker } from "./build.ts";
import { cachedWorker, workerStarts } from "./cache.ts";
import { fetchPrebuilt } from "./prebuilt.ts";

export { BUILD_PACKAGES, buildWorker, cachedWorker, fetchPrebuilt };
export { installedVersions } from "./debian.ts";
export type { Run, RunOptions, RunResult, Tell } from "./run.ts";

/** mediasoup's version, as pinned in media/package.json. */
export async function mediasoupVersion(): Promise<string> {
  const manifest = JSON.parse(await Deno.readTextFile(new URL("../package.json", import.meta.url)));
  return manifest.dependencies.mediasoup;
}

/**
 * The worker that MEDIASOUP_WORKER_BIN names; undefined if it is not set. Throws if that is not a worker this
 * machine can run.
 */
export async function namedWorker(): Promise<string | undefined> {
  const named = Deno.env.get("MEDIASOUP_WORKER_BIN");
  if (!named) return undefined;
  if (!await workerStarts(named)) {
    throw new Error(`MEDIASOUP_WORKER_BIN=${named} is not a mediasoup-worker that runs on this machine`);
  }
  return named;
}
