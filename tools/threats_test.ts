import assert from "node:assert/strict";
import { checkThreatModel, checkThreats } from "./threats.ts";

const KINDS = `\n## The twelve kinds\n| Kind | Threats |\n|---|---|\n${"| a kind | T1 |\n".repeat(12)}`;

const check = (threat: string, kinds = KINDS) =>
  checkThreats(
    `### T1 Somebody · ${threat}\n${kinds}`,
    (path) =>
      Promise.resolve(
        path === "a_test.ts" ? 'Deno.test("it holds", …);\ntestOnStores(`${what} too`, …)' : undefined,
      ),
  );

Deno.test("the threat model names tests that exist, and who accepts the remaining risks", async () => {
  assert.deepEqual(await checkThreatModel(), []);
});

Deno.test("a threat without its test, or a risk that nobody accepts, is found", async () => {
  assert.deepEqual(await check('high\n- Test: `a_test.ts` "it holds"'), []);
  assert.deepEqual(await check('high\n- Test: `a_test.ts` "too"'), []);
  assert.deepEqual(await check("low\n- Accepted by operators: a reason that is long enough"), []);
  const wrong = [
    "high",
    "critical\n- Accepted by operators: a reason that is long enough",
    "low",
    "low\n- Accepted by operators",
    "grave\n- Accepted by operators: a reason that is long enough",
    'high\n- Test: `a_test.ts` "it never was"',
    'high\n- Test: `b_test.ts` "it holds"',
  ];
  for (const threat of wrong) assert.equal((await check(threat)).length, 1, threat);
});

Deno.test("each of the twelve kinds leads to existing threats", async () => {
  const fine = 'high\n- Test: `a_test.ts` "it holds"';
  assert.equal((await check(fine, KINDS.replace("T1", "T9"))).length, 1);
  assert.equal((await check(fine, KINDS.replace("| a kind | T1 |\n", ""))).length, 1);
});
