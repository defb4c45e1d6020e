import assert from "node:assert/strict";
import { countTests, readTests } from "./junit.ts";

Deno.test("passed, failed and skipped tests in a report of deno test are told apart", () => {
  const tests = readTests(`<?xml version="1.0"?>
<testsuites name="deno test" tests="3" failures="1" errors="0" time="1">
  <testsuite name="./a_test.ts" tests="3" disabled="1" errors="0" failures="1">
    <testcase name="works" classname="./store_for_tests.ts" time="0.1"></testcase>
    <testcase name="breaks &lt;testcase&gt;" classname="./a_test.ts" time="0.25">
      <failure message="Uncaught Error">Error: &lt;failure&gt; at a</failure>
    </testcase>
    <testcase name="later" classname="./a_test.ts" time="0"><skipped/></testcase>
  </testsuite>
</testsuites>`);
  assert.deepEqual(countTests(tests), { passed: 1, failed: 1 });
  assert.deepEqual(tests[1], {
    file: "./a_test.ts",
    name: "breaks <testcase>",
    seconds: 0.25,
    outcome: "failed",
    reason: "Error: <failure> at a",
  });
  assert.equal(tests[0]!.file, "./a_test.ts");
});

Deno.test("so are those of node --test, including nested suites", () => {
  const tests = readTests(`<testsuites><testcase name="a" time="0.1" classname="test" file="/m/a_test.ts"/>
  <testsuite name="s" time="0.1"><testcase name="b" time="0.1" classname="test" file="/m/b_test.ts">
    <failure type="testCodeFailure" message="no">Error</failure></testcase></testsuite></testsuites>`);
  assert.deepEqual(countTests(tests), { passed: 1, failed: 1 });
  assert.deepEqual(tests.map(({ file, reason }) => [file, reason]), [
    ["/m/a_test.ts", undefined],
    ["/m/b_test.ts", "Error"],
  ]);
});

Deno.test("a missing or empty report has no tests", () => {
  assert.deepEqual(readTests(""), []);
});
