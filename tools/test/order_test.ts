import assert from "node:assert/strict";
import { longestFirst, SECONDS } from "./order.ts";
import { allSuites, ALONE, WAITING } from "./suites.ts";

Deno.test("the suites that take longest are first, and each that is named is one", async () => {
  const suites = await allSuites("/nowhere", "node");
  const names = longestFirst(suites).map(({ name }) => name);
  assert.deepEqual([...names].sort(), suites.map(({ name }) => name).sort());
  assert.deepEqual(Object.keys(SECONDS).filter((name) => !names.includes(name)), []);
  assert.deepEqual([...ALONE, ...WAITING].filter((name) => !names.includes(name)), []);
  const seconds = names.map((name) => SECONDS[name] ?? 0);
  assert.deepEqual(seconds, [...seconds].sort((a, b) => b - a));
});
