import assert from "node:assert/strict";
import { backoffMs, jittered } from "./backoff.ts";

Deno.test("delays double up to the longest", () => {
  const backoff = { firstMs: 250, longestMs: 5_000 };
  assert.deepEqual([0, 1, 2, 3, 4, 5, 6, 9_999].map((retry) => backoffMs(retry, backoff)), [
    250,
    500,
    1_000,
    2_000,
    4_000,
    5_000,
    5_000,
    5_000,
  ]);
});

Deno.test("a retry comes between half and all of its delay, so that clients do not come back in step", () => {
  assert.equal(jittered(5_000, 0), 2_500);
  assert.equal(jittered(5_000, 1 - Number.EPSILON), 5_000);
  assert.equal(new Set(Array.from({ length: 20 }, () => jittered(5_000))).size > 1, true);
});
