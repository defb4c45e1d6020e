import assert from "node:assert/strict";
import { testOnStores } from "../edge/store/store_for_tests.ts";
import { startBackbone } from "./cluster_rig.ts";
import { EdgeProcess } from "./edge_process.ts";
import { type Serving, startTestEdge } from "./edge_rig.ts";
import { signalingSteps } from "./signaling_steps.ts";

for (const serving of ["server", "function"] as const satisfies readonly Serving[]) {
  testOnStores(`signaling, edge as a ${serving}`, async ({ store }, t) => {
    await using edge = await startTestEdge({ store, serving });
    await signalingSteps(t, edge.origin, store);
    assert.deepEqual(edge.complaints, []);
  });
}

Deno.test("signaling, edge/deploy.ts as a platform starts it", async (t) => {
  await using backbone = await startBackbone("postgres");
  await using edge = await EdgeProcess.start(backbone.env, { entry: "edge/deploy.ts" });
  await signalingSteps(t, edge.origin, backbone.store);
  assert.deepEqual(edge.complaints, []);
  assert.equal((await edge.terminate()).code, 0);
});
