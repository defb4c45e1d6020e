import assert from "node:assert/strict";
import { longestFirst, SECONDS } from "./order.ts";
import { allSuites, ALONE, WAITING } from "./suites.ts";

Deno.test("suites that need nothing come first, then the slowest ones, and each listed name is a suite", async () => {
  const suites = await allSuites("/nowhere");
  const names = longestFirst(suites).map(({ name }) => name);
  assert.deepEqual([...names].sort(), suites.map(({ name }) => name).sort());
  assert.deepEqual(Object.keys(SECONDS).filter((name) => !names.includes(name)), []);
  assert.deepEqual([...ALONE, ...WAITING].filter((name) => !names.includes(name)), []);
  const early = suites.filter((suite) => suite.early).map(({ name }) => name);
  assert.deepEqual(names.slice(0, early.length).sort(), early.sort());
  const seconds = names.slice(early.length).map((name) => SECONDS[name] ?? 0);
  assert.deepEqual(seconds, [...seconds].sort((a, b) => b - a));
});
