import assert from "node:assert/strict";
import { readConfig } from "../edge/config.ts";
import { type Edge, startEdge } from "../edge/edge.ts";
import { makeLog } from "@tafelrunde/protocol/process/log";
import { JobRunner } from "../edge/jobs/runner.ts";
import { denoRuntime } from "../edge/runtime/serve_deno.ts";
import { readLiveEdges } from "../edge/store/lease.ts";
import { openPglite } from "../edge/store/open.ts";
import { CLUSTER_KEY, makeStubPages } from "./edge_rig.ts";
import { makeTempFolder } from "./temp_folder.ts";

function startIn(directory: string, pages: string): Promise<Edge> {
  const env: Record<string, string> = { CLUSTER_KEY, DATA_DIR: directory, WEB_DIR: pages };
  return startEdge(readConfig((name) => env[name]), denoRuntime(), makeLog(() => {}));
}

/**
 * Makes the job runners of edges that start from now on throw once they have stopped; disposing it ends that.
 */
function breakJobs(): Disposable {
  const stop = JobRunner.prototype[Symbol.asyncDispose];
  JobRunner.prototype[Symbol.asyncDispose] = async function () {
    await stop.call(this);
    throw new Error("the jobs do not stop");
  };
  return { [Symbol.dispose]: () => JobRunner.prototype[Symbol.asyncDispose] = stop };
}

// Opening the database throws while another edge has it open. Timers that are left over fail the test too.
Deno.test("an edge stops all its parts, even if it cannot start or one of them fails to stop", async () => {
  const directory = await makeTempFolder("tafelrunde-edge-");
  await assert.rejects(() => startIn(directory, `${directory}/no-pages`));
  {
    using _broken = breakJobs();
    const edge = await startIn(directory, await makeStubPages());
    await assert.rejects(async () => await edge[Symbol.asyncDispose](), /the jobs do not stop/);
  }
  await using store = await openPglite(`${directory}/db`);
  assert.deepEqual([...await readLiveEdges(store.db)], []);
});
