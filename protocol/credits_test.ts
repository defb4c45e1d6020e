import assert from "node:assert/strict";
import { COMPANY_MS, CREDIT_MS, Credits, MOST_OWED_MS, REFILL } from "./credits.ts";

/** How long two things under way take for all credit, and somewhat more. */
const SPENT_MS = CREDIT_MS / (2 - REFILL) + 20;

function makeCredits() {
  let now = 1_000;
  const credits = new Credits(() => now);
  const pass = (ms: number) => now += ms;
  /** Somebody who asks now and then. */
  const visit = (key: string) => {
    credits.came(key);
    credits.begin(key)();
    pass(1);
    credits.came(key);
  };
  /** Has two things under way until nothing is left. */
  const spend = (key: string) => {
    credits.came(key);
    const ends = [credits.begin(key), credits.begin(key)];
    pass(SPENT_MS);
    for (const end of ends) end();
  };
  return { credits, pass, visit, spend };
}

Deno.test("[Q8] who has spent their credit waits while somebody else is there, as long as it takes to come back", () => {
  const { credits, pass, visit, spend } = makeCredits();
  visit("anna");
  assert.equal(credits.waitMs("mallory"), 0);
  spend("mallory");
  visit("anna");
  const waitMs = credits.waitMs("mallory");
  assert.ok(waitMs > 0);
  assert.equal(credits.waitMs("anna"), 0);
  pass(waitMs);
  assert.equal(credits.waitMs("mallory"), 0);
  const ends = Array.from({ length: 40 }, () => credits.begin("mallory"));
  pass(20);
  for (const end of ends) end();
  assert.ok(
    credits.waitMs("mallory") <= 2 * 20 / REFILL,
    "what is under way at the same time counts as two, however much it is",
  );
});

Deno.test("[Q8] while the process has little to do nobody waits, and little of it is owed later", () => {
  let now = 1_000;
  let isBusy = false;
  const credits = new Credits(() => now, () => isBusy);
  credits.came("anna");
  credits.begin("school");
  credits.begin("school");
  now += 60_000;
  credits.came("anna");
  now += 1;
  credits.came("anna");
  assert.equal(credits.waitMs("school"), 0);
  isBusy = true;
  const waitMs = credits.waitMs("school");
  assert.ok(waitMs > 0 && waitMs <= MOST_OWED_MS / REFILL + 1, `${waitMs} ms`);
});

Deno.test("[Q8] who is alone never waits: nor beside what asks once in a second", () => {
  const { credits, pass, visit, spend } = makeCredits();
  spend("school");
  assert.equal(credits.waitMs("school"), 0);
  for (let n = 0; n < 5; n++) {
    credits.came("health check");
    spend("school");
    assert.equal(credits.waitMs("school"), 0, "a health check");
    pass(COMPANY_MS - SPENT_MS);
  }
  spend("school");
  visit("anna");
  assert.ok(credits.waitMs("school") > 0);
  visit("ben");
  pass(COMPANY_MS);
  spend("school");
  assert.equal(credits.waitMs("school"), 0, "both have gone");
});

Deno.test("no account stays that nobody needs, however many addresses come", () => {
  const { credits, pass, visit } = makeCredits();
  for (let n = 0; n < 20_000; n++) {
    visit(`address ${n}`);
    pass(1);
  }
  assert.ok(credits.size < 4 * COMPANY_MS, `${credits.size}`);
});

Deno.test("[Q8] nobody waits for credit any more when the process is about to end", () => {
  const { credits, visit, spend } = makeCredits();
  spend("mallory");
  visit("anna");
  assert.ok(credits.waitMs("mallory") > 0);
  credits.lift();
  assert.equal(credits.waitMs("mallory"), 0);
});
