import assert from "node:assert/strict";
import { isIdle, readProcessorTime } from "./room.ts";

const STAT = `cpu  100 20 30 400 50 6 7 8 9 10
cpu0 50 10 15 200 25 3 3 4 4 5
intr 1`;

Deno.test("the CPU time of all cores is read from /proc/stat; guest time is part of user time", () => {
  assert.deepEqual(readProcessorTime(STAT), { idle: 450, all: 621 });
});

Deno.test("a machine is idle when a fifth of the time between two readings was idle", () => {
  const before = { idle: 450, all: 621 };
  assert.equal(isIdle(before, { idle: 470, all: 721 }), true);
  assert.equal(isIdle(before, { idle: 469, all: 721 }), false);
  assert.equal(isIdle(before, before), false);
});
