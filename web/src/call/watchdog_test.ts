/// <reference lib="deno.ns" />
import assert from "node:assert/strict";
import type { TrackId } from "@tafelrunde/protocol";
import { FIRST_FRAME_DEADLINE_MS, FREEZE_DEADLINE_MS, Watchdog } from "./watchdog.ts";

const trackId = "cam" as TrackId;
const camera = (framesDecoded: number) => [{ trackId, framesDecoded, isSteady: true }];
const screen = (framesDecoded: number) => [{ trackId, framesDecoded, isSteady: false }];

Deno.test("a picture that has not appeared after a second gets a key frame, then again after longer waits", () => {
  const watchdog = new Watchdog();
  assert.deepEqual(watchdog.look(camera(0), 0), []);
  assert.equal(watchdog.hasDark, true);
  const asked = [];
  for (let now = 0; now <= 8 * FIRST_FRAME_DEADLINE_MS; now += 500) {
    if (watchdog.look(camera(0), now).length > 0) asked.push(now);
  }
  assert.deepEqual(asked, [1_000, 3_000, 7_000]);
});

Deno.test("a picture that moves is left alone", () => {
  const watchdog = new Watchdog();
  for (let second = 0; second < 10; second++) {
    assert.deepEqual(watchdog.look(camera(second * 30), second * 1_000), []);
  }
  assert.equal(watchdog.hasDark, false);
});

Deno.test("a frozen camera gets a key frame, a still screen does not", () => {
  const watched = [camera, screen].map((source) => {
    const watchdog = new Watchdog();
    watchdog.look(source(12), 0);
    return watchdog.look(source(12), FREEZE_DEADLINE_MS);
  });
  assert.deepEqual(watched, [[trackId], []]);
});

Deno.test("a track that was out of sight starts over", () => {
  const watchdog = new Watchdog();
  watchdog.look(camera(0), 0);
  watchdog.look([], 500);
  assert.deepEqual(watchdog.look(camera(0), FIRST_FRAME_DEADLINE_MS), []);
});

Deno.test("the transports are to blame only if no picture has ever arrived and requests did not help", () => {
  const watchdog = new Watchdog();
  const watch = (cameras: readonly number[], until: number) => {
    for (let now = 0; now <= until; now += 500) {
      watchdog.look(
        cameras.map((framesDecoded, index) => ({
          trackId: `cam${index}` as TrackId,
          framesDecoded,
          isSteady: true,
        })),
        now,
      );
    }
    return watchdog.isBlind;
  };
  assert.equal(watch([0, 0], 6_500), false);
  assert.equal(watch([0, 0], 7_000), true);
  assert.equal(watch([0, 1], 20_000), false);
  assert.equal(new Watchdog().isBlind, false);
});
