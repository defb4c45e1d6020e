import assert from "node:assert/strict";
import { quantile, summarise } from "./statistics.ts";

Deno.test("a quantile is interpolated between its neighbors", () => {
  assert.equal(quantile([4, 1, 3, 2], 0.5), 2.5);
  assert.equal(quantile([10, 20], 0.95), 19.5);
  assert.equal(quantile([7], 0.95), 7);
  assert.ok(Number.isNaN(quantile([], 0.5)));
});

Deno.test("an empty measurement has no summary", () => {
  assert.equal(summarise([]), null);
  assert.deepEqual(summarise([100, 120, 200]), { medianMs: 120, p95Ms: 192 });
});
