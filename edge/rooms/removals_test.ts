import assert from "node:assert/strict";
import { isRefusal, type RoomId } from "@tafelrunde/protocol";
import { ORPHAN_TTL_MS } from "@tafelrunde/protocol/media";
import { after, BEN, ELSEWHERE, given, HERE, joined, when } from "./decide_for_tests.ts";
import type { EventDraft, RoomCommand } from "./decision.ts";
import { Removals } from "./removals.ts";

/** When Ben was removed, by the clock of `given`, ms. */
const REMOVED_AT = 1_001;

/** A room from which Ben was removed; his socket was at the edge `HERE`. */
function makeRoom() {
  const left: EventDraft = { type: "participant.left", participantId: BEN, reason: "removed" };
  let state = given(joined(BEN, "Ben"), left);
  const told: string[] = [];
  return {
    id: "room" as RoomId,
    told,
    get state() {
      return state;
    },
    submit(command: RoomCommand) {
      const drafts = when(state, null, command);
      if (isRefusal(drafts)) return Promise.resolve(drafts);
      told.push(...drafts.map(({ type }) => type));
      state = after(state, ...drafts);
      return Promise.resolve("repeated" as const);
    },
  };
}

/**
 * An edge whose nodes confirm nothing by themselves. `asked`: for each call, whether the time was over by
 * then.
 */
function makeEdge(edgeId: typeof HERE) {
  let now = REMOVED_AT;
  const asked: boolean[] = [];
  let confirms = (isOver: boolean) => isOver;
  const hasEnded = (_: unknown, { isOver }: { isOver: boolean }) => {
    asked.push(isOver);
    return Promise.resolve(confirms(isOver));
  };
  return {
    asked,
    removals: new Removals({ hasEnded }, edgeId, () => now),
    pass: (ms: number) => now += ms,
    confirm: () => confirms = () => true,
  };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

Deno.test("[R12] the edge that served the participant logs the end once the nodes have confirmed it, once", async () => {
  const [room, edge] = [makeRoom(), makeEdge(HERE)];
  edge.removals.tend(room);
  await settled();
  assert.deepEqual([room.told, edge.asked], [[], [false]]);
  edge.confirm();
  for (let n = 0; n < 3; n++) edge.removals.tend(room);
  await settled();
  edge.removals.tend(room);
  await settled();
  assert.deepEqual(room.told, ["participant.gone"]);
  assert.deepEqual(edge.asked, [false, false]);
});

Deno.test("[R12] another edge logs the end when that edge is gone and the nodes have closed the media by themselves", async () => {
  const [room, other] = [makeRoom(), makeEdge(ELSEWHERE)];
  other.removals.tend(room);
  other.pass(ORPHAN_TTL_MS);
  other.removals.tend(room);
  await settled();
  assert.deepEqual([room.told, other.asked], [[], []], "until then it is the other's");
  other.pass(5_001);
  other.removals.tend(room);
  await settled();
  assert.deepEqual([room.told, other.asked], [["participant.gone"], [true]]);
});

Deno.test("[R12] two edges that report the same end log it once", async () => {
  const room = makeRoom();
  const edges = [makeEdge(HERE), makeEdge(ELSEWHERE)];
  for (const edge of edges) {
    edge.pass(ORPHAN_TTL_MS + 5_001);
    edge.removals.tend(room);
  }
  await settled();
  assert.deepEqual(room.told, ["participant.gone"]);
});
