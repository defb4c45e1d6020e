import assert from "node:assert/strict";
import type { TrackId } from "@tafelrunde/protocol";
import { repairsOf, type WantedMedia } from "./reconcile.ts";

const ids = [1, 2, 3].map(() => crypto.randomUUID() as TrackId) as [TrackId, TrackId, TrackId];
const [one, two, three] = ids;

const wanted = (live: boolean, ...tracks: [TrackId, boolean][]): WantedMedia => ({
  live,
  here: live,
  space: null,
  tracks: new Map(tracks.map(([id, muted]) => [id, { muted, audience: null }])),
});
const has = (live: boolean, ...tracks: [TrackId, boolean][]) => ({
  live,
  tracks: tracks.map(([trackId, muted]) => ({ trackId, muted })),
});

Deno.test("[F13] a node that agrees with the log gets no request", () => {
  assert.deepEqual(
    repairsOf(has(true, [one, true], [two, false]), wanted(true, [one, true], [two, false])),
    [],
  );
  // The client itself publishes tracks that are missing.
  assert.deepEqual(repairsOf(has(true), wanted(true, [one, true])), []);
});

Deno.test("[F13] differences between a node and the log are repaired in both directions", () => {
  const repairs = repairsOf(
    has(true, [one, false], [two, true], [three, false]),
    wanted(true, [one, true], [two, false]),
  );
  assert.deepEqual(repairs, [
    { type: "track.mute", trackId: one, muted: true },
    { type: "track.mute", trackId: two, muted: false },
    { type: "track.close", trackId: three },
  ]);
});

Deno.test("[F13] a track being published is left alone, and an admitted participant is started", () => {
  assert.deepEqual(repairsOf(has(true, [one, false]), wanted(true), (id) => id === one), []);
  assert.deepEqual(repairsOf(has(false), wanted(true)), [{ type: "peer.start" }]);
  assert.deepEqual(repairsOf(has(false), wanted(false)), []);
  const isAway = { ...wanted(true), here: false };
  assert.deepEqual(repairsOf(has(false), isAway), [], "a lobby's media is not started for who is away");
});
