/// <reference lib="deno.ns" />
import assert from "node:assert/strict";
import { FIRST_DELAY_MS, LONGEST_DELAY_MS, retryDelayMs } from "./backoff.ts";

Deno.test("the first retry after a loss is at once", () => {
  assert.equal(retryDelayMs(0, 0.5), 0);
});

Deno.test("later retries double from 250 ms and stop at 5 s", () => {
  const almostOne = 1 - Number.EPSILON;
  const delays = [1, 2, 3, 4, 5, 6, 7].map((attempt) => retryDelayMs(attempt, almostOne));
  assert.deepEqual(delays, [250, 500, 1_000, 2_000, 4_000, 5_000, 5_000]);
});

Deno.test("a retry comes between half and all of its delay, so that clients do not come back in step", () => {
  assert.equal(retryDelayMs(1, 0), FIRST_DELAY_MS / 2);
  assert.equal(retryDelayMs(99, 0), LONGEST_DELAY_MS / 2);
  assert.ok(retryDelayMs(99, 0.999) <= LONGEST_DELAY_MS);
});
