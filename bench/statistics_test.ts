import assert from "node:assert/strict";
import { quantile, summarise } from "./statistics.ts";

Deno.test("a quantile lies between its neighbours in proportion", () => {
  assert.equal(quantile([4, 1, 3, 2], 0.5), 2.5);
  assert.equal(quantile([10, 20], 0.95), 19.5);
  assert.equal(quantile([7], 0.95), 7);
  assert.ok(Number.isNaN(quantile([], 0.5)));
});

Deno.test("nothing measured has no summary", () => {
  assert.equal(summarise([]), null);
  assert.deepEqual(summarise([100, 120, 200]), { medianMs: 120, p95Ms: 192 });
});
