import assert from "node:assert/strict";
import { CREDIT_MS } from "./credits.ts";
import { Places } from "./places.ts";

const MINUTE_MS = 60_000;

/** Lets all runnable work proceed. */
const goOn = () => new Promise<void>((resolve) => setImmediate(resolve));

Deno.test("requests of one network run one after another, even if one fails; another network does not wait", async () => {
  using places = new Places({ perKey: () => 1, placeMs: MINUTE_MS });
  const begun: string[] = [];
  const ends: PromiseWithResolvers<void>[] = [];
  const run = (key: string, name: string) =>
    places.run(key, () => {
      begun.push(name);
      const end = Promise.withResolvers<void>();
      ends.push(end);
      return end.promise;
    });
  const flood = Array.from({ length: 20 }, (_, n) => run("mallory", `${n}`));
  const other = run("anna", "anna");
  await goOn();
  assert.deepEqual(begun, ["0", "anna"]);
  ends[0]!.reject(new Error("refused"));
  await assert.rejects(flood[0]!);
  await goOn();
  assert.deepEqual(begun, ["0", "anna", "1"]);
  ends[1]!.resolve();
  await other;
  for (let n = 2; n <= 20; n++) {
    ends[n]!.resolve();
    await flood[n - 1];
    await goOn();
  }
  assert.equal(begun.length, 21);
});

Deno.test("work that waits for something else keeps no place", async () => {
  using places = new Places({ perKey: () => 1, placeMs: 1 });
  const never = new Promise<never>(() => {});
  for (let n = 0; n < 5; n++) void places.run("school", () => never);
  await places.run("school", () => Promise.resolve());
});

Deno.test("[Q8] a network without credit waits for it while another is active, but not when it is alone", async () => {
  let now = 0;
  using places = new Places({ perKey: () => 2, placeMs: MINUTE_MS, now: () => now });
  const begun: string[] = [];
  const ask = (key: string) =>
    places.run(key, () => {
      begun.push(key);
      return Promise.resolve();
    });
  const spend = async () => {
    const over = Promise.withResolvers<void>();
    const underWay = [places.run("mallory", () => over.promise), places.run("mallory", () => over.promise)];
    await goOn();
    now += CREDIT_MS;
    over.resolve();
    await Promise.all(underWay);
  };
  await spend();
  await ask("mallory");
  for (let n = 0; n < 2; n++) await ask("anna");
  const waiting = ask("mallory");
  await ask("anna");
  await goOn();
  assert.deepEqual(begun, ["mallory", "anna", "anna", "anna"]);
  now += 10 * CREDIT_MS;
  await waiting;
});
