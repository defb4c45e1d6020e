/// <reference lib="deno.ns" />
import assert from "node:assert/strict";
import { bestMedian } from "./probe.ts";

Deno.test("[F8] what waited somewhere does not count: the middle of the three shortest round trips does", () => {
  assert.equal(bestMedian([40, 12.34, 300, 11, 13, 90]), 12.3);
  assert.equal(bestMedian([7]), 7);
  assert.equal(bestMedian([7, 9]), 7);
});
