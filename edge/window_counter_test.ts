import assert from "node:assert/strict";
import { WindowCounter } from "./window_counter.ts";

const WINDOW_MS = 60_000;

function counterAt(at: number) {
  const clock = { at };
  return { clock, counter: new WindowCounter(WINDOW_MS, () => clock.at) };
}

Deno.test("points of a key are counted from its first one on, until its window ends", () => {
  const { clock, counter } = counterAt(1_000);
  assert.deepEqual(counter.take("a", 1), { taken: 1, resetMs: WINDOW_MS });
  clock.at += 20_000;
  assert.deepEqual(counter.take("a", 3), { taken: 4, resetMs: 40_000 });
  assert.deepEqual(counter.take("b", 1), { taken: 1, resetMs: WINDOW_MS });
  counter.giveBack("a");
  counter.giveBack("nobody");
  assert.deepEqual(counter.take("a", 1), { taken: 4, resetMs: 40_000 });
  clock.at += 40_000;
  assert.deepEqual(counter.take("a", 1), { taken: 1, resetMs: WINDOW_MS });
  assert.equal(counter.size, 2);
});

Deno.test("a key is forgotten when its window ends, even if it is never used again", () => {
  const { clock, counter } = counterAt(0);
  for (let n = 0; n < 1_000; n++) {
    clock.at = n;
    counter.take(`${n}`, 1);
  }
  counter.take("0", 1);
  clock.at = WINDOW_MS + 499;
  counter.forgetOver();
  assert.equal(counter.size, 500);
  // A restarted window ends last.
  counter.take("0", 1);
  clock.at = WINDOW_MS + 1_000;
  counter.forgetOver();
  assert.equal(counter.size, 1);
  clock.at = 2 * WINDOW_MS + 499;
  counter.forgetOver();
  assert.equal(counter.size, 0);
});

Deno.test("any number of keys takes a bounded amount of memory: those that end first are forgotten", () => {
  const { counter } = counterAt(0);
  for (let n = 0; n < 200_000; n++) counter.take(`${n}`, 1);
  assert.ok(counter.size <= 50_000);
  assert.equal(counter.take("199999", 1).taken, 2);
  assert.equal(counter.take("0", 1).taken, 1);
});

Deno.test("if the clock is set back, no window becomes longer", () => {
  const { clock, counter } = counterAt(10 * WINDOW_MS);
  for (const key of ["a", "b"]) counter.take(key, 5);
  clock.at = 0;
  assert.deepEqual(counter.take("a", 1), { taken: 1, resetMs: WINDOW_MS });
  counter.forgetOver();
  assert.equal(counter.size, 1);
});
