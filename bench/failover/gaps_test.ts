import assert from "node:assert/strict";
import { longestGapMs, recoveryMs } from "./gaps.ts";

const every = (step: number, from: number, to: number) =>
  Array.from({ length: Math.floor((to - from) / step) }, (_, index) => from + index * step);

Deno.test("the longest freeze is the one that ends after the event", () => {
  const times = [...every(50, 0, 500), ...every(50, 2_000, 3_000)];
  assert.equal(longestGapMs(times, 600, 3_000), 1_550);
  assert.equal(longestGapMs(times, 2_100, 3_000), 50);
});

Deno.test("a participant has recovered when the last picture moves and the last voice is heard again", () => {
  const frames = {
    Anna: every(50, 0, 5_000),
    Ben: [...every(50, 0, 1_000), ...every(50, 2_500, 5_000)],
  };
  const heard = (until: number) =>
    every(50, 0, 5_000).map((at) => [at, at > 1_000 && at < until ? 1 : 2] as const);
  assert.equal(recoveryMs({ frames, heard: heard(2_000), steps: [] }, 2, 1_000, 5_000), 1_500);
  assert.equal(recoveryMs({ frames, heard: heard(3_000), steps: [] }, 2, 1_000, 5_000), 1_950);
  assert.equal(
    recoveryMs({ frames: { Anna: frames.Anna }, heard: [], steps: [] }, 2, 1_000, 5_000),
    Infinity,
  );
  assert.equal(
    recoveryMs(
      { frames: { ...frames, Ben: every(50, 0, 1_000) }, heard: heard(0), steps: [] },
      2,
      1_000,
      5_000,
    ),
    Infinity,
  );
});
