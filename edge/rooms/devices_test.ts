import assert from "node:assert/strict";
import type { TrackId } from "@tafelrunde/protocol";
import { ANNA, BEN, CAMERA, given, HERE, idOf, joined, published, when } from "./decide_for_tests.ts";
import type { EventDraft } from "./decision.ts";

const PHONE = idOf("Phone of Anna");
const FIRST = "22222222-2222-4222-8222-222222222222" as TrackId;
const SECOND = "33333333-3333-4333-8333-333333333333" as TrackId;
const OTHER = "44444444-4444-4444-8444-444444444444" as TrackId;

/** Ben moderates; Anna has two devices with a microphone each, and shows a camera on one. */
const room = given(
  joined(BEN, "Ben", "moderator"),
  joined(ANNA, "Anna"),
  { ...joined(PHONE, "Anna"), edgeId: HERE } as EventDraft,
  published(BEN, "microphone", OTHER),
  published(ANNA, "microphone", FIRST),
  published(PHONE, "microphone", SECOND),
  published(ANNA, "camera", CAMERA),
);

const stopping = (trackId: TrackId, ends = false) => ({ type: "track.stopping", trackId, ends });

Deno.test("[J6] [R6] a mute by a moderator mutes all devices of the person, whichever is named", () => {
  const stop = (trackId: TrackId) => when(room, BEN, { type: "track.stop", trackId });
  assert.deepEqual(stop(SECOND), [stopping(SECOND), stopping(FIRST)]);
  assert.deepEqual(stop(FIRST), [stopping(FIRST), stopping(SECOND)]);
  assert.deepEqual(stop(CAMERA), [stopping(CAMERA, true)]);
  assert.deepEqual(when(room, BEN, { type: "track.muteAll" }), [stopping(FIRST), stopping(SECOND)]);
});

Deno.test("[J6] [R6] people may mute their own other devices, and nobody else's", () => {
  assert.deepEqual(when(room, ANNA, { type: "track.stop", trackId: SECOND }), [
    stopping(SECOND),
    stopping(FIRST),
  ]);
  assert.deepEqual(when(room, ANNA, { type: "track.stop", trackId: OTHER }), {
    refused: "muteOthers.notAllowed",
  });
});

Deno.test("[J6] [T1] each device publishes its own tracks", () => {
  const camera = { type: "track.publish", trackId: OTHER, source: "screen", muted: false } as const;
  for (const id of [ANNA, PHONE]) {
    assert.deepEqual(when(given(joined(ANNA, "Anna"), joined(PHONE, "Anna")), id, camera), [{
      type: "track.published",
      trackId: OTHER,
      participantId: id,
      source: "screen",
      muted: false,
    }]);
  }
});
