import assert from "node:assert/strict";
import { longestFirst, SECONDS } from "./order.ts";
import { allSuites, ALONE, suitesOf, WAITING } from "./suites.ts";

Deno.test("suites that need nothing come first, then the slowest ones, and each listed name is a suite", async () => {
  const suites = await allSuites("/nowhere");
  const names = longestFirst(suites).map(({ name }) => name);
  assert.deepEqual([...names].sort(), suites.map(({ name }) => name).sort());
  assert.deepEqual(Object.keys(SECONDS).filter((name) => !names.includes(name)), []);
  assert.deepEqual([...ALONE, ...WAITING].filter((name) => !names.includes(name)), []);
  const early = suites.filter((suite) => suite.early).map(({ name }) => name);
  assert.deepEqual(names.slice(0, early.length).sort(), early.sort());
  const hints = new Map(suites.map(({ name, seconds = 0 }) => [name, seconds]));
  const seconds = names.slice(early.length).map((name) => SECONDS[name] ?? hints.get(name) ?? 0);
  assert.deepEqual(seconds, [...seconds].sort((a, b) => b - a));
});

Deno.test("of all files each is tested once, the short ones in shared processes", async () => {
  const args = (await allSuites("/nowhere")).flatMap(({ args }) => args);
  const files = [...Deno.readDirSync("tests")].map(({ name }) => `tests/${name}`)
    .filter((name) => name.endsWith("_test.ts"));
  assert.deepEqual(files.filter((file) => args.filter((arg) => arg === file).length !== 1), []);
  const single = await suitesOf({ units: [], system: files.slice(0, 3), media: [] }, "/nowhere");
  assert.deepEqual(single.map(({ name }) => name), ["types", ...files.slice(0, 3)]);
});
