import assert from "node:assert/strict";
import { testInRoom } from "./two_edges.ts";

testInRoom(
  "[H1] hands are raised and lowered across two edges, and leave with their person",
  async ({ olga, ben, join }) => {
    const cem = await join("Cem");
    for (const one of [ben, cem]) {
      assert.equal((await one.ask({ type: "hand.raise", raised: true })).type, "hand.raised");
    }
    assert.equal((await ben.ask({ type: "hand.raise", raised: true })).type, "done", "nothing to change");
    await olga.until(() => Object.keys(olga.state.hand).length === 2);
    assert.deepEqual(Object.keys(olga.state.hand), [ben.you, cem.you], "the longest raised first");

    const refused = await ben.ask({ type: "hand.lower", participantId: cem.you! });
    assert.equal(refused.type === "refused" && refused.code, "lowerHands.notAllowed");
    assert.equal((await olga.ask({ type: "hand.lower", participantId: ben.you! })).type, "hand.lowered");
    await ben.until(() => ben.state.hand[ben.you!] === undefined);

    await cem.ask({ type: "participant.leave" });
    await olga.until(() => Object.keys(olga.state.participants).length === 2);
    assert.deepEqual(olga.state.hand, {});
  },
);
