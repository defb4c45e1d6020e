import assert from "node:assert/strict";
import { isRefusal, type RoomState } from "@tafelrunde/protocol";
import { Absences, RESUME_WINDOW_MS } from "./absences.ts";
import { after, ANNA, BEN, ELSEWHERE, given, HERE, joined, when } from "./decide_for_tests.ts";
import type { EventDraft, RoomCommand } from "./decision.ts";

/** Time between two looks, ms. */
const LOOK_MS = 1_000;

/** A room with Anna, who has a socket at the edge `HERE`, and Ben, whose state comes from `drafts`. */
function makeHouse(...drafts: readonly EventDraft[]) {
  let state: RoomState = given(joined(ANNA, "Anna"), joined(BEN, "Ben"), ...drafts);
  let now = 999 + state.seq;
  const told: string[] = [];
  const absences = new Absences(HERE, () => now);
  const room = {
    get state() {
      return state;
    },
    submit(command: RoomCommand) {
      const decided = when(state, null, command);
      assert.ok(!isRefusal(decided));
      told.push(...decided.map(({ type }) => type));
      state = after(state, ...decided);
      return Promise.resolve("repeated" as const);
    },
  };
  return {
    told,
    /** One look, `afterMs` later. */
    look(afterMs = LOOK_MS) {
      now += afterMs;
      absences.look();
      absences.tend(room, { hasSocket: (id) => id === ANNA, isLive: (edgeId) => edgeId !== ELSEWHERE });
      return told;
    },
  };
}

const BEN_AWAY: EventDraft = { type: "participant.away", participantId: BEN };

/** Number of looks, one a second, until a command is submitted. */
function looksUntil(house: ReturnType<typeof makeHouse>, most = 60): number {
  for (let looks = 1; looks <= most; looks++) if (house.look().length > 0) return looks;
  return Infinity;
}

Deno.test("[P6] an away participant leaves after the resume window, and not before", () => {
  const house = makeHouse(BEN_AWAY);
  assert.equal(looksUntil(house), RESUME_WINDOW_MS / LOOK_MS + 1);
  assert.deepEqual(house.told, ["participant.left"]);
});

Deno.test("[P6] time in which the edge was suspended, or by which its clock was set, makes nobody leave", () => {
  for (const lateMs of [6_000, 30_000, 3_600_000]) {
    const house = makeHouse(BEN_AWAY);
    house.look();
    assert.deepEqual(house.look(lateMs), [], `late by ${lateMs} ms`);
    // Another look is late too: a machine that wakes up does so with interruptions.
    assert.deepEqual(house.look(lateMs), []);
    assert.equal(looksUntil(house), RESUME_WINDOW_MS / LOOK_MS + 1);
  }
});

Deno.test("[J3] a client that used direct entry is not away before it could open its socket", () => {
  const house = makeHouse();
  assert.deepEqual(house.look(60_000), []);
  assert.equal(looksUntil(house), 11);
  assert.deepEqual(house.told, ["participant.away"]);
});

Deno.test("[P6] an edge that is always late restarts the window a few times, and then counts the time", () => {
  const house = makeHouse(BEN_AWAY);
  for (let look = 0; look < 3; look++) assert.deepEqual(house.look(8_000), []);
  for (let look = 0; look < 3 && house.told.length === 0; look++) house.look(8_000);
  assert.deepEqual(house.told, ["participant.left"]);
});

Deno.test("[E1] a participant whose edge is gone is away at once, however late that is seen", () => {
  const house = makeHouse(BEN_AWAY, { type: "participant.returned", participantId: BEN, edgeId: ELSEWHERE });
  assert.deepEqual(house.look(3_600_000), ["participant.away"]);
});
