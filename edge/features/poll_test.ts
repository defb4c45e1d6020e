import assert from "node:assert/strict";
import type { ParticipantId, PersonId, RoomState } from "@tafelrunde/protocol";
import { ANSWERS_IN_STATE, MAX_ANSWERS } from "@tafelrunde/protocol/features/poll/limits";
import { after, given, idOf, joined, when } from "../rooms/decide_for_tests.ts";
import type { EventDraft } from "../rooms/decision.ts";

const OLGA = idOf("Olga");
const BEN = idOf("Ben");
const LUNCH = {
  question: { text: "Lunch?" },
  options: [{ text: "Soup" }, { text: "Salad" }],
  isMultiple: false,
  results: "live",
  names: "named",
} as const;

const opening = (): EventDraft => ({
  type: "poll.opened",
  participantId: OLGA,
  ...LUNCH,
  options: [...LUNCH.options],
  endsAt: null,
});

/** The state after that many people have answered the newest poll. */
function answeredBy(count: number, from: RoomState): RoomState {
  const poll = Number(Object.keys(from.poll).at(-1));
  const answers = Array.from({ length: count }, (_, n): EventDraft => ({
    type: "poll.answered",
    poll,
    person: String(n).padStart(16, "a") as PersonId,
    participantId: String(n).padStart(26, "a") as ParticipantId,
    name: `Guest ${n}`,
    options: [n % 2],
  }));
  return after(from, ...answers);
}

const room = given(joined(OLGA, "Olga", "owner"), joined(BEN, "Ben"));

Deno.test("[O2] a poll takes 500 answers, whoever has left meanwhile; those who have answered can change theirs", () => {
  const full = answeredBy(MAX_ANSWERS - 1, after(room, opening()));
  const poll = Number(Object.keys(full.poll)[0]);
  const answer = (state: RoomState, who: ParticipantId, options: number[]) =>
    when(state, who, { type: "poll.answer", poll, options });
  const last = answer(full, BEN, [0]);
  assert.ok(Array.isArray(last) && last.length === 1);
  const more = after(full, ...last as EventDraft[]);
  assert.deepEqual(answer(more, OLGA, [0]), { refused: "poll.full" });
  assert.ok(Array.isArray(answer(more, BEN, [1])));
});

Deno.test("[O4] the state keeps at most 1,000 answers beside those of open polls, the newest", () => {
  let state = room;
  for (let n = 0; n < 6; n++) {
    state = answeredBy(400, after(state, opening()));
    const poll = Number(Object.keys(state.poll).at(-1));
    const decided = when(state, OLGA, { type: "poll.close", poll });
    state = after(state, ...decided as EventDraft[]);
  }
  state = after(state, opening());
  const answers = Object.values(state.poll).reduce((sum, { answered }) => sum + answered, 0);
  assert.ok(answers <= ANSWERS_IN_STATE && answers >= 800, `${answers}`);
  assert.equal(Object.values(state.poll).at(-1)!.closedAt, null);
});
