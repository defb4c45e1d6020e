/// <reference lib="deno.ns" />
import { equal } from "node:assert/strict";
import { clockOf } from "./clock.ts";

Deno.test("[Z1] a countdown shows 0:00 only when it is over, a stopwatch begins with it", () => {
  equal(clockOf(60_000, true), "1:00");
  equal(clockOf(1, true), "0:01");
  equal(clockOf(0, true), "0:00");
  equal(clockOf(-5, true), "0:00");
  equal(clockOf(999, false), "0:00");
  equal(clockOf(3_845_000, false), "1:04:05");
});
