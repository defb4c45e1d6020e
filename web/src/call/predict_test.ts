/// <reference lib="deno.ns" />
import assert from "node:assert/strict";
import {
  type Command,
  type CommandId,
  EMPTY_STATE,
  type ParticipantId,
  type RoomState,
  type TrackId,
} from "@tafelrunde/protocol";
import { predict } from "./predict.ts";

const ada = "a".repeat(26) as ParticipantId;
const bob = "b".repeat(26) as ParticipantId;
const camera = "11111111-1111-4111-8111-111111111111" as TrackId;
const id = "command-1" as CommandId;
const at = 1_000;

const state: RoomState = {
  ...EMPTY_STATE,
  seq: 7,
  participants: {
    [ada]: {
      id: ada,
      name: "Ada",
      role: "participant",
      isGuest: false,
      persons: [],
      joinedAt: 1,
      presence: "here",
      presenceAt: 1,
      edgeId: "e" as never,
    },
  },
  tracks: { [camera]: { id: camera, participantId: ada, source: "camera", muted: false } },
};

const after = (...commands: Command[]) => predict(state, commands, ada, at);

Deno.test("one's own hand is up before the room has stored it, and down again", () => {
  const raised = after({ type: "hand.raise", id, raised: true });
  assert.equal(raised.hand[ada], at);
  assert.deepEqual(
    after({ type: "hand.raise", id, raised: true }, { type: "hand.raise", id, raised: false }).hand,
    {},
  );
});

Deno.test("a chat message that is being sent has a higher seq than the last stored event", () => {
  const { chat, seq } = after({ type: "chat.post", id, text: "one " }, {
    type: "chat.post",
    id,
    text: "two",
  });
  assert.equal(seq, 7);
  assert.deepEqual(chat.map(({ seq, text, name }) => [seq, text, name]), [[8, "one", "Ada"], [
    9,
    "two",
    "Ada",
  ]]);
});

Deno.test("commands that the room would refuse or ignore are not predicted", () => {
  assert.equal(after({ type: "chat.post", id, text: "  " }), state);
  assert.equal(after({ type: "hand.raise", id, raised: false }), state);
  assert.equal(after({ type: "participant.leave", id }), state);
});

Deno.test("muting, publishing and unpublishing one's own tracks show at once", () => {
  assert.equal(after({ type: "track.mute", id, trackId: camera, muted: true }).tracks[camera]?.muted, true);
  assert.deepEqual(after({ type: "track.unpublish", id, trackId: camera }).tracks, {});
  const screen = "22222222-2222-4222-8222-222222222222" as TrackId;
  const { tracks } = after({
    type: "track.publish",
    id,
    trackId: screen,
    source: "screen",
    muted: false,
    rtpParameters: {},
  });
  assert.deepEqual(tracks[screen], { id: screen, participantId: ada, source: "screen", muted: false });
});

Deno.test("nothing is predicted for a person who is not in the room", () => {
  const commands: Command[] = [{ type: "hand.raise", id, raised: true }];
  assert.equal(predict(state, commands, bob, at), state);
  assert.equal(predict(state, commands, undefined, at), state);
});
