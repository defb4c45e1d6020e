import assert from "node:assert/strict";
import {
  MAX_SPACES,
  type ParticipantId,
  type RoomState,
  type SpaceId,
  spaceOf,
  type TrackId,
} from "@tafelrunde/protocol";
import { after, ANNA, BEN, given, idOf, joined, published, when } from "./decide_for_tests.ts";
import type { Decision, EventDraft } from "./decision.ts";

const OLGA = idOf("Olga");
const X = "x".repeat(16) as SpaceId;
const Y = "y".repeat(16) as SpaceId;
const MICROPHONE = "22222222-2222-4222-8222-222222222222" as TrackId;

const opened = (...ids: SpaceId[]): EventDraft => ({
  type: "space.opened",
  spaces: ids.map((spaceId) => ({ spaceId, name: { text: "Group" }, isFree: spaceId === Y })),
});
const moved = (spaceId: SpaceId | null, ...participantIds: ParticipantId[]): EventDraft => ({
  type: "space.moved",
  participantIds,
  spaceId,
});
const places = ({ participants }: RoomState) =>
  [ANNA, BEN, OLGA].map((id) => participants[id] === undefined ? undefined : spaceOf(participants, id));
const draftsOf = (decision: Decision): readonly EventDraft[] => {
  assert.ok(Array.isArray(decision), JSON.stringify(decision));
  return decision;
};

/** Olga, the owner; Anna and Ben, guests; X, and the free space Y. */
const room = given(joined(OLGA, "Olga", "owner"), joined(ANNA), joined(BEN, "Ben"), opened(X, Y));

Deno.test("[G1] one event moves many people, with all their tabs; those who have left are left out", () => {
  const tab = "b".repeat(25) + "2" as ParticipantId;
  const state = after(room, joined(tab, "Ben"));
  const gone = idOf("Gerd");
  const decision = when(state, OLGA, { type: "space.move", participantIds: [ANNA, BEN, gone], spaceId: X });
  assert.deepEqual(decision, [{ type: "space.moved", participantIds: [ANNA, BEN, tab], spaceId: X }]);
  const now = after(state, ...draftsOf(decision));
  assert.deepEqual(places(now), [X, X, null]);
  assert.deepEqual(when(now, OLGA, { type: "space.move", participantIds: [BEN], spaceId: X }), []);
  const nobody = when(now, OLGA, { type: "space.move", participantIds: [gone], spaceId: X });
  assert.deepEqual(nobody, { refused: "participant.unknown" });
});

Deno.test("[G1] by themselves, people go back to the main room and into free spaces only", () => {
  const go = (who: ParticipantId, spaceId: SpaceId | null, participantIds = [who]) =>
    when(after(room, moved(X, BEN)), who, { type: "space.move", participantIds, spaceId });
  assert.deepEqual(go(BEN, null), [{ type: "space.moved", participantIds: [BEN], spaceId: null }]);
  assert.deepEqual(go(ANNA, Y), [{ type: "space.moved", participantIds: [ANNA], spaceId: Y }]);
  assert.deepEqual(go(ANNA, X), { refused: "leadSpaces.notAllowed" });
  assert.deepEqual(go(ANNA, Y, [ANNA, BEN]), { refused: "leadSpaces.notAllowed" });
  const unknown = when(room, OLGA, {
    type: "space.move",
    participantIds: [BEN],
    spaceId: "z".repeat(16) as SpaceId,
  });
  assert.deepEqual(unknown, { refused: "space.unknown" });
});

Deno.test("[G2] spaces open all or none, up to 50, under visible names", () => {
  const open = (spaces: readonly [SpaceId, string][], state = room) =>
    when(state, OLGA, {
      type: "space.open",
      spaces: spaces.map(([spaceId, text]) => ({ spaceId, name: { text }, isFree: false })),
    });
  const id = (n: number) =>
    `${String.fromCharCode(97 + n % 26)}${n < 26 ? "a" : "b"}`.padEnd(16, "c") as SpaceId;
  const many = Array.from({ length: MAX_SPACES - 2 }, (_, n): [SpaceId, string] => [id(n), " Group "]);
  const [event] = draftsOf(open(many));
  assert.deepEqual(event?.type === "space.opened" && event.spaces[0]?.name, { text: "Group" });
  assert.deepEqual(open([...many, [id(51), "one more"]]), { refused: "space.tooMany" });
  assert.deepEqual(open([[id(0), "new"], [X, "taken"]]), { refused: "space.idTaken" });
  assert.deepEqual(open([[id(0), "twice"], [id(0), "twice"]]), { refused: "space.idTaken" });
  assert.deepEqual(open([[id(0), "\u200b"]]), { refused: "space.nameInvalid" });
});

Deno.test("[G2] whoever is in a space that closes is in the main room", () => {
  const state = after(room, moved(X, ANNA), moved(Y, BEN));
  const decision = when(state, OLGA, { type: "space.close", spaceIds: [X, "z".repeat(16) as SpaceId] });
  assert.deepEqual(decision, [{ type: "space.closed", spaceIds: [X] }]);
  const now = after(state, ...draftsOf(decision));
  assert.deepEqual(places(now), [null, Y, null]);
  assert.deepEqual(Object.keys(now.spaces), [Y]);
  assert.deepEqual(when(now, OLGA, { type: "space.close", spaceIds: [X] }), []);
  assert.deepEqual(after(now, { type: "room.ended" }).spaces, {});
});

Deno.test("[G4] a feature's command concerns the sender's space, and what was said elsewhere does not exist there", () => {
  const inX = after(room, moved(X, BEN));
  const posted = draftsOf(when(inX, BEN, { type: "chat.post", text: "among us" }));
  assert.equal(posted[0]?.space, X);
  const state = after(inX, ...posted);
  assert.deepEqual(state.chat, []);
  assert.equal(state.spaces[X]?.slices.chat?.[0]?.text, "among us");
  const messageSeq = state.seq;
  const back = after(state, moved(null, BEN));
  const logged = { ...posted[0]!, seq: messageSeq, at: 1, actor: BEN, cause: null } as never;
  const erase = when(back, BEN, { type: "chat.delete", messageSeq, logged });
  assert.deepEqual(erase, { refused: "deleteMessages.notAllowed" });
});

Deno.test("[G4] what happens by itself happens in each space", () => {
  const inX = after(room, moved(X, OLGA));
  const started = draftsOf(when(inX, OLGA, { type: "timer.start", lastsMs: 60_000, asksReady: false }));
  const state = after(inX, ...started);
  const due = draftsOf(when(state, null, { type: "feature.due" }, undefined, 10_000_000));
  assert.deepEqual(due, [{ type: "timer.ended", reason: "over", space: X }]);
});

Deno.test("[G4] readiness counts among those who are in the space", () => {
  const timed = after(room, moved(X, BEN), {
    type: "timer.started",
    participantId: OLGA,
    endsAt: 1_000_000,
    asksReady: true,
    space: X,
  });
  const types = draftsOf(when(timed, BEN, { type: "timer.ready", isReady: true })).map(({ type }) => type);
  assert.deepEqual(types, ["timer.readied", "timer.ended"], "Ben is alone in the space");
});

Deno.test("[G5] a track is addressed to people of one's own space, in all their tabs", () => {
  const state = after(room, published(ANNA, "microphone", MICROPHONE), moved(X, OLGA));
  const whisper = (participantIds: ParticipantId[] | null, who = ANNA, from = state) =>
    when(from, who, { type: "track.address", trackId: MICROPHONE, participantIds });
  assert.deepEqual(whisper([OLGA]), { refused: "participant.unknown" });
  assert.deepEqual(whisper([BEN], BEN), { refused: "track.unknown" });
  const drafts = draftsOf(whisper([BEN, OLGA]));
  assert.deepEqual(drafts, [
    { type: "track.narrowed", trackId: MICROPHONE },
    { type: "track.addressed", trackId: MICROPHONE, participantId: ANNA, participantIds: [BEN] },
  ]);
  const now = after(state, ...drafts);
  assert.deepEqual(whisper([BEN], ANNA, now), []);
  assert.deepEqual(whisper(null, ANNA, now), [{ type: "track.widened", trackId: MICROPHONE }]);
});

Deno.test("[G5] a whisper ends, and is muted first, when its last listener leaves or is moved away", () => {
  const whispering = after(room, published(ANNA, "microphone", MICROPHONE), {
    type: "track.narrowed",
    trackId: MICROPHONE,
  }, { type: "track.addressed", trackId: MICROPHONE, participantId: ANNA, participantIds: [BEN, OLGA] });
  const end = [
    { type: "track.muted", trackId: MICROPHONE, actor: null },
    { type: "track.widened", trackId: MICROPHONE, actor: null },
  ];
  const without = after(whispering, { type: "participant.left", participantId: OLGA, reason: "left" });
  const left = draftsOf(when(without, BEN, { type: "participant.leave" }));
  assert.deepEqual(left.slice(1), end);
  assert.equal(
    draftsOf(when(whispering, BEN, { type: "participant.leave" })).length,
    1,
    "Olga still listens",
  );
  const inX = after(whispering, moved(X, OLGA));
  const away = draftsOf(when(inX, OLGA, { type: "space.move", participantIds: [BEN], spaceId: X }));
  assert.deepEqual(away.slice(1), end);
  const together = when(inX, OLGA, { type: "space.move", participantIds: [ANNA, BEN], spaceId: X });
  assert.equal(draftsOf(together).length, 1);
});
