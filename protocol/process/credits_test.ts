import assert from "node:assert/strict";
import { COMPANY_MS, CREDIT_MS, Credits, MOST_OWED_MS, REFILL } from "./credits.ts";

/** Time after which two pieces of concurrent work have used all credit, with some slack. */
const SPENT_MS = CREDIT_MS / (2 - REFILL) + 20;

function makeCredits() {
  let now = 1_000;
  const credits = new Credits(() => now);
  const pass = (ms: number) => now += ms;
  /** Makes one short request. */
  const visit = (key: string) => {
    credits.came(key);
    credits.begin(key)();
    pass(1);
    credits.came(key);
  };
  /** Keeps two pieces of work in progress until no credit is left. */
  const spend = (key: string) => {
    credits.came(key);
    const ends = [credits.begin(key), credits.begin(key)];
    pass(SPENT_MS);
    for (const end of ends) end();
  };
  return { credits, pass, visit, spend };
}

Deno.test("[Q8] a client that has used its credit waits while another is present, until the credit is back", () => {
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

Deno.test("[Q8] while the process has little to do no client waits, and little of that time is owed later", () => {
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

Deno.test("[Q8] a client that is alone never waits, nor beside one request per second", () => {
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

Deno.test("accounts that are no longer needed are removed, however many addresses connect", () => {
  const { credits, pass, visit } = makeCredits();
  for (let n = 0; n < 20_000; n++) {
    visit(`address ${n}`);
    pass(1);
  }
  assert.ok(credits.size < 4 * COMPANY_MS, `${credits.size}`);
});

Deno.test("[Q8] no client waits for credit anymore once the process is shutting down", () => {
  const { credits, visit, spend } = makeCredits();
  spend("mallory");
  visit("anna");
  assert.ok(credits.waitMs("mallory") > 0);
  credits.lift();
  assert.equal(credits.waitMs("mallory"), 0);
});
