/// <reference lib="deno.ns" />
import assert from "node:assert/strict";
import { bestMedian } from "./probe.ts";

Deno.test("[F8] delayed echoes do not count: the result is the median of the three shortest round trips", () => {
  assert.equal(bestMedian([40, 12.34, 300, 11, 13, 90]), 12.3);
  assert.equal(bestMedian([7]), 7);
  assert.equal(bestMedian([7, 9]), 7);
});
