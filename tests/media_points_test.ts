import assert from "node:assert/strict";
import { testOnStores } from "../edge/store/store_for_tests.ts";
import { LIMITS } from "../edge/limit_table.ts";
import { type Serving, startTestEdge } from "./edge_rig.ts";
import { createRoom, SignalClient } from "./signal_client.ts";

/** Most checks of media transports that one browser can request at once. */
const CHECKS = LIMITS["media.person"].points / 5;

const refusals = ({ received }: SignalClient) =>
  received.flatMap((message) => message.type === "refused" ? [message] : []);

for (const serving of ["server", "function"] as const satisfies readonly Serving[]) {
  testOnStores(
    `[Q10] who says too much about their media is told so, once for each message, and goes on, edge as a ${serving}`,
    async ({ store }) => {
      const at = Date.now();
      await using edge = await startTestEdge({ store, serving, now: () => at });
      const room = await createRoom(edge.origin, "Rat");
      const [anna, ben] = [
        await new SignalClient(room).join(edge.origin, "Anna"),
        await new SignalClient(room).join(edge.origin, "Ben"),
      ];
      for (let n = 0; n < CHECKS + 40; n++) anna.send({ type: "peer.check" });
      ben.send({ type: "peer.check" });
      ben.send({ type: "view.set", tracks: [] });
      for (const person of [anna, ben]) {
        const answer = await person.ask({ type: "hand.raise", raised: true });
        assert.equal(answer.type, "hand.raised");
      }
      const told = refusals(anna);
      assert.equal(told.length, 40);
      assert.ok(
        told.every(({ code, cause, retryAfterMs = 0 }) =>
          code === "person.tooFrequent" && cause === null && retryAfterMs > 0
        ),
      );
      assert.deepEqual(refusals(ben), []);
      assert.equal(await edge.count('tafelrunde_edge_limited_total{limit="media.person"}'), 40);
      await Promise.all([anna.close(), ben.close()]);
    },
  );
}
