import assert from "node:assert/strict";
import { ROOT } from "../places.ts";
import { describeBusiest, describeSlowest } from "./slowest.ts";

const test = (file: string, name: string, seconds: number) =>
  ({ file, name, seconds, outcome: "passed" }) as const;

Deno.test("a run lists its ten slowest files and tests, slowest first", () => {
  const many = Array.from({ length: 20 }, (_, at) => test(`./edge/e${at}_test.ts`, "quick", at / 100));
  const lines = describeSlowest([
    ...many,
    test("./tests/a_test.ts", "one", 2),
    test("./tests/a_test.ts", "two", 2),
    test("./tests/a_test.ts", "two > a step of it", 1.9),
    test(`${ROOT}/media/src/m_test.ts`, "long", 3),
  ]);
  assert.equal(lines.length, 22);
  assert.deepEqual(lines.slice(0, 3), [
    "slowest files",
    "     4.0 s  tests/a_test.ts",
    "     3.0 s  media/src/m_test.ts",
  ]);
  assert.equal(lines[12], "     3.0 s  media/src/m_test.ts long");
  assert.ok(!lines.join("\n").includes("e1_test"));
});

Deno.test("a single test is not listed as slow", () => {
  assert.deepEqual(describeSlowest([test("./a_test.ts", "one", 2)]), []);
});

Deno.test("a run lists the suites with the most CPU time", () => {
  assert.deepEqual(describeBusiest([{ name: "a", cpuSeconds: 1 }, { name: "b", cpuSeconds: 2.25 }]), [
    "most processor time",
    "     2.3 s  b",
    "     1.0 s  a",
  ]);
});
