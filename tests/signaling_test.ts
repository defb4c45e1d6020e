import assert from "node:assert/strict";
import { testOnStores } from "../edge/store/store_for_tests.ts";
import { type Serving, startTestEdge } from "./edge_rig.ts";
import { signalingSteps } from "./signaling_steps.ts";

for (const serving of ["server", "function"] as const satisfies readonly Serving[]) {
  testOnStores(`signaling, edge as a ${serving}`, async ({ store }, t) => {
    await using edge = await startTestEdge({ store, serving });
    await signalingSteps(t, edge.origin, store);
    assert.deepEqual(edge.complaints, []);
  });
}
