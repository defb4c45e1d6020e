/// <reference lib="deno.ns" />
import assert from "node:assert/strict";
import { EMPTY_STATE, type Event, type ParticipantId } from "@tafelrunde/protocol";
import { fold } from "./fold.ts";
import { RoomLog } from "./room_log.ts";

const ANNA = "a".repeat(26) as ParticipantId;

function raised(seq: number): Event {
  return { type: "hand.raised", seq, at: seq, actor: ANNA, cause: null, participantId: ANNA };
}

Deno.test("[L3] events that arrive before the code that folds them are folded then, in order and once", () => {
  const log = new RoomLog();
  assert.equal(log.reset({ ...EMPTY_STATE, seq: 4 }), true);
  assert.equal(log.append(raised(5)), "appended");
  assert.equal(log.append(raised(5)), "old");
  assert.equal(log.append(raised(7)), "gap");
  assert.equal(log.append({ type: "skipped", seq: 6 }), "appended");
  assert.deepEqual([log.since, log.state.seq], [6, 4]);
  log.use(fold);
  assert.deepEqual([log.since, log.state.seq, log.state.hand], [6, 6, { [ANNA]: 5 }]);
  assert.equal(log.append(raised(7)), "appended");
  assert.equal(log.state.hand[ANNA], 7);
});

Deno.test("[L3] a page that waits too long for that code resumes; a snapshot replaces what was kept", () => {
  const log = new RoomLog();
  log.reset({ ...EMPTY_STATE, seq: 1 });
  let seq = 1;
  while (log.append(raised(seq + 1)) === "appended") seq++;
  assert.equal(seq, 1_001);
  assert.equal(log.reset({ ...EMPTY_STATE, seq: 1_500 }), true);
  log.use(fold);
  assert.deepEqual([log.state.seq, log.state.hand], [1_500, {}]);
  const { tracks: _, ...partial } = EMPTY_STATE;
  assert.equal(log.reset({ ...partial, seq: 2 }), false);
  assert.equal(log.reset({ ...EMPTY_STATE, chat: {}, seq: 2 }), false);
});

for (const isLate of [false, true]) {
  const when = isLate ? "before the code that folds" : "after the code that folds";
  Deno.test(`[V5] in a snapshot that comes ${when}, features that the edge does not know are empty, and those of a newer edge are left out`, () => {
    const log = new RoomLog();
    if (!isLate) log.use(fold);
    const { chat: _, ...older } = EMPTY_STATE;
    assert.equal(log.reset({ ...older, hand: { [ANNA]: 3 }, later: { a: 1 }, seq: 4 }), true);
    if (isLate) log.use(fold);
    assert.deepEqual(log.state, { ...EMPTY_STATE, hand: { [ANNA]: 3 }, seq: 4 });
    assert.equal(log.append(raised(5)), "appended");
  });
}
