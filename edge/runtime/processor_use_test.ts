import assert from "node:assert/strict";
import { BUSY_PART, ProcessorUse } from "./processor_use.ts";

Deno.test("[Q8] a process is busy while it uses much of a core, and not longer", () => {
  let [now, used] = [0, 0];
  const use = new ProcessorUse(() => now, () => used);
  const pass = (ms: number, part: number) => {
    now += ms;
    used += part * ms;
  };
  assert.equal(use.isHigh, false);
  pass(100, BUSY_PART - 0.01);
  assert.equal(use.isHigh, false);
  pass(100, BUSY_PART);
  assert.equal(use.isHigh, true);
  pass(50, 0);
  assert.equal(use.isHigh, true, "too soon to say");
  pass(50, 0);
  assert.equal(use.isHigh, false);
  pass(100, 2);
  assert.equal(use.isHigh, true);
  pass(60_000, 0.01);
  assert.equal(use.isHigh, false);
});

Deno.test("[Q8] if a platform does not report processor time, shares of time always apply", () => {
  assert.equal(new ProcessorUse(() => 0, () => undefined).isHigh, true);
});

Deno.test("[Q8] the processor time of this process is known", () => {
  const use = new ProcessorUse();
  const until = performance.now() + 150;
  while (performance.now() < until);
  // On a machine busy with something else it might have used less: it is a number anyway.
  assert.equal(typeof use.isHigh, "boolean");
});
