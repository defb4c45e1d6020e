/// <reference lib="deno.ns" />
import assert from "node:assert/strict";
import {
  EMPTY_STATE,
  MAX_VIEW_TRACKS,
  type ParticipantId,
  type RoomState,
  type Track,
  type TrackId,
  type TrackSource,
} from "@tafelrunde/protocol";
import { buildView } from "./view.ts";

const you = "y".repeat(26) as ParticipantId;
const other = "o".repeat(26) as ParticipantId;

function track(id: string, source: TrackSource, participantId = other, muted = false): Track {
  return { id: id as TrackId, participantId, source, muted };
}

function room(...tracks: Track[]): RoomState {
  return { ...EMPTY_STATE, tracks: Object.fromEntries(tracks.map((track) => [track.id, track])) };
}

const tile = (id: string) => ({ trackId: id as TrackId, width: 320, height: 180, priority: 10 });

Deno.test("a view names what is shown, in device pixels, and all remote audio", () => {
  const state = room(track("cam", "camera"), track("mic", "microphone"), track("mine", "microphone", you));
  assert.deepEqual(buildView([tile("cam")], state, you, 2), [
    { trackId: "cam", width: 640, height: 360, priority: 10 },
    { trackId: "mic", width: 0, height: 0, priority: 255 },
  ]);
});

Deno.test("sizes and priorities that a page got wrong stay within what the protocol allows", () => {
  const [wrong] = buildView(
    [{ trackId: "cam" as TrackId, width: 1e9, height: -3.2, priority: 0.2 }],
    room(track("cam", "camera")),
    you,
    1.5,
  );
  assert.deepEqual(wrong, { trackId: "cam", width: 16_384, height: 0, priority: 1 });
});

Deno.test("one's own video is not requested", () => {
  assert.deepEqual(buildView([tile("cam")], room(track("cam", "camera", you)), you, 1), []);
});

Deno.test("in a large room, video and unmuted audio come first", () => {
  const crowd = Array.from(
    { length: 200 },
    (_, index) => track(`mic${index}`, "microphone", other, index !== 150),
  );
  const view = buildView([tile("cam")], room(track("cam", "camera"), ...crowd), you, 1);
  assert.equal(view.length, MAX_VIEW_TRACKS);
  assert.deepEqual(view.slice(0, 2).map(({ trackId }) => trackId), ["cam", "mic150"]);
});

Deno.test("[J17] a view asks for no sound of one's other devices", () => {
  const phone = "p".repeat(26) as ParticipantId;
  const of = (id: ParticipantId, person: string) => [id, { id, persons: [person] }];
  const participants = Object.fromEntries([of(you, "me"), of(phone, "me"), of(other, "other")]);
  const state = {
    ...room(track("mic", "microphone"), track("mine", "microphone", phone), track("cam", "camera", phone)),
    participants,
  } as unknown as RoomState;
  assert.deepEqual(buildView([tile("cam")], state, you, 1).map(({ trackId }) => trackId), ["cam", "mic"]);
});
