import assert from "node:assert/strict";
import { Progress } from "./progress.ts";

const WEIGHTS = new Map([["a", 40], ["b", 40], ["c", 10], ["d", 10]]);

/** Share and seconds left in a progress text. */
function read(text: string): { percent: number; seconds: number } {
  const [, percent, time, unit] = /^compiling: (\d+) %, about (\d+) (s|min) left$/.exec(text) ??
    assert.fail(text);
  return { percent: Number(percent), seconds: Number(time) * (unit === "min" ? 60 : 1) };
}

Deno.test("progress starts with the typical time and advances between completed units", () => {
  const progress = new Progress(WEIGHTS, 2, 100_000, 0);
  assert.equal(progress.text(0), "compiling: 0 %, about 100 s left");
  assert.equal(progress.text(20_000), "compiling: 20 %, about 80 s left");
});

Deno.test("progress does not exceed what can have been compiled, and its share never falls", () => {
  const progress = new Progress(WEIGHTS, 1, 100_000, 0);
  assert.equal(read(progress.text(1_000_000)).percent, 36);
  progress.ended("c", 1_000_000);
  assert.equal(read(progress.text(1_000_000)).percent, 36);
  assert.ok(read(progress.text(1_000_000)).seconds > 1_000);
});

Deno.test("on a machine of any speed the estimated time left converges to the actual time", () => {
  for (const factor of [0.2, 1, 30]) {
    const progress = new Progress(WEIGHTS, 1, 100_000, 0);
    let nowMs = 0;
    for (const [name, weight] of WEIGHTS) {
      nowMs += weight * 1_000 * factor;
      progress.ended(name, nowMs);
      const left = 100_000 * factor - nowMs;
      const { seconds } = read(progress.text(nowMs));
      const isNear = seconds * 1000 > left * 0.4 - 5_000 && seconds * 1000 < left * 2 + 60_000;
      assert.ok(isNear, `${factor}: ${seconds} s said, ${left} ms left`);
    }
    assert.equal(progress.text(nowMs), "compiling: 100 %, about 5 s left");
  }
});

Deno.test("units without a weight do not count", () => {
  const progress = new Progress(WEIGHTS, 2, 100_000, 0);
  progress.ended("srtp.c", 50_000);
  assert.equal(progress.text(50_000), "compiling: 50 %, about 50 s left");
});
