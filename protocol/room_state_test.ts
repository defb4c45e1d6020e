import assert from "node:assert/strict";
import {
  type Draft,
  type EdgeId,
  EMPTY_STATE,
  type Event,
  evolve,
  type ParticipantId,
  type PersonId,
  type RoomState,
  type TrackId,
} from "./mod.ts";
import { CHAT_IN_STATE, CHAT_STATE_BYTES, chatBytes } from "./features/chat/state.ts";

const ANNA = "anna".padEnd(26, "a") as ParticipantId;
const BEN = "ben".padEnd(26, "b") as ParticipantId;
const CAMERA = "11111111-1111-4111-8111-111111111111" as TrackId;
const EDGE = "e".repeat(16) as EdgeId;

/** The state after `drafts`, stored one after another at 1000, 1001 … ms. */
function after(...drafts: Draft<Event>[]): RoomState {
  return drafts.reduce(
    (state, draft) =>
      evolve(
        state,
        { ...draft, seq: state.seq + 1, at: 1000 + state.seq, actor: null, cause: null } as Event,
      ),
    EMPTY_STATE,
  );
}

const joined = (participantId: ParticipantId, name: string) =>
  ({
    type: "participant.joined",
    participantId,
    name,
    edgeId: EDGE,
    role: "guest",
    isGuest: true,
    persons: [participantId.slice(0, 16) as PersonId],
  }) as Draft<Event>;

Deno.test("[L3] evolve refuses a gap in the log", () => {
  const event = { type: "room.created", name: "", seq: 2, at: 0, actor: null, cause: null } as const;
  assert.throws(() => evolve(EMPTY_STATE, event), RangeError);
});

Deno.test("[P4] a participant who leaves loses hand and tracks, and their messages stay", () => {
  const state = after(
    joined(ANNA, "Anna"),
    joined(BEN, "Ben"),
    { type: "hand.raised", participantId: ANNA },
    { type: "track.published", participantId: ANNA, trackId: CAMERA, source: "camera", muted: false },
    { type: "chat.posted", participantId: ANNA, name: "Anna", text: "hello" },
    { type: "participant.left", participantId: ANNA, reason: "left" },
  );
  assert.deepEqual(Object.keys(state.participants), [BEN]);
  assert.deepEqual(state.hand, {});
  assert.deepEqual(state.tracks, {});
  assert.deepEqual(state.chat.map(({ name, text }) => [name, text]), [["Anna", "hello"]]);
});

Deno.test("[P3] a participant who is away and returns is the same at another edge", () => {
  const other = "f".repeat(16);
  const state = after(
    joined(ANNA, "Anna"),
    { type: "hand.raised", participantId: ANNA },
    { type: "participant.away", participantId: ANNA },
    { type: "participant.returned", participantId: ANNA, edgeId: other } as Draft<Event>,
  );
  assert.deepEqual(state.participants[ANNA], {
    id: ANNA,
    name: "Anna",
    role: "guest",
    isGuest: true,
    persons: [ANNA.slice(0, 16)],
    joinedAt: 1000,
    presence: "here",
    presenceAt: 1003,
    edgeId: other,
  });
  assert.equal(state.hand[ANNA], 1001);
});

Deno.test("[T2] muting keeps the track, unpublishing ends it", () => {
  const published = {
    type: "track.published",
    participantId: ANNA,
    trackId: CAMERA,
    source: "camera",
    muted: false,
  } as const;
  assert.equal(
    after(joined(ANNA, "Anna"), published, { type: "track.muted", trackId: CAMERA }).tracks[CAMERA]?.muted,
    true,
  );
  assert.deepEqual(
    after(joined(ANNA, "Anna"), published, { type: "track.unpublished", trackId: CAMERA }).tracks,
    {},
  );
});

Deno.test("[C3] the state has the newest messages, in order, up to a limit", () => {
  const posts = Array.from({ length: CHAT_IN_STATE + 5 }, (_, index) => ({
    type: "chat.posted",
    participantId: ANNA,
    name: "Anna",
    text: String(index),
  } as const));
  const { chat } = after(joined(ANNA, "Anna"), ...posts);
  assert.equal(chat.length, CHAT_IN_STATE);
  assert.equal(chat[0]?.text, "5");
  assert.equal(chat.at(-1)?.text, String(CHAT_IN_STATE + 4));
});

Deno.test("[C3] the chat in a state takes at most 100 KB, whatever the text, also after a snapshot", () => {
  for (
    const text of [
      "x".repeat(4_000),
      "ä".repeat(4_000),
      '"'.repeat(4_000),
      "\u0001".repeat(4_000),
      "😀".repeat(2_000),
    ]
  ) {
    let state = after(joined(ANNA, "Anna"));
    let fromSnapshot: RoomState | undefined;
    for (let n = 0; n < 60; n++) {
      const event = {
        type: "chat.posted",
        participantId: ANNA,
        name: "Anna",
        text: `${n} ${text}`,
        seq: state.seq + 1,
        at: 0,
        actor: ANNA,
        cause: null,
      } as const;
      state = evolve(state, event);
      if (fromSnapshot !== undefined) fromSnapshot = evolve(fromSnapshot, event);
      if (n === 40) fromSnapshot = JSON.parse(JSON.stringify(state));
      assert.ok(new TextEncoder().encode(JSON.stringify(state.chat)).length <= CHAT_STATE_BYTES + 2);
    }
    assert.ok(String(state.chat.at(-1)?.text).startsWith("59 "));
    assert.deepEqual(fromSnapshot, state);
  }
});

Deno.test("[C3] the size of a chat message is exact to the byte, whatever the text", () => {
  const pieces = [
    "a",
    "\x7f",
    "\x80",
    "ß",
    "\u07ff",
    "\u0800",
    "中",
    "\ud7ff",
    "\ue000",
    "\uffff",
    "😀",
    "\udbff",
    "\udc00",
  ];
  for (const first of pieces) {
    for (const second of pieces) {
      const text = `${first}${second}"\n${second}${first}`;
      const message = { seq: 1, at: 0, from: ANNA, name: second, text };
      assert.equal(chatBytes(message), new TextEncoder().encode(JSON.stringify(message)).length + 1);
    }
  }
});

Deno.test("[L4] folding shares what did not change", () => {
  const before = after(joined(ANNA, "Anna"));
  const next = evolve(before, {
    type: "hand.raised",
    participantId: ANNA,
    seq: 2,
    at: 0,
    actor: ANNA,
    cause: null,
  });
  assert.equal(next.participants, before.participants);
  assert.equal(next.chat, before.chat);
});
