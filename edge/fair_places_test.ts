import assert from "node:assert/strict";
import { CREDIT_MS } from "@tafelrunde/protocol/process/credits";
import { FairPlaces, PLACES_PER_ADDRESS } from "./fair_places.ts";
import { makeLog } from "@tafelrunde/protocol/process/log";

/** Work that runs until it is told to end. */
function makeWork(places: FairPlaces) {
  const begun: string[] = [];
  const leave = new Map<string, () => void>();
  return {
    begun,
    enter: (key: string, name: string) =>
      places.enter(key, (over) => {
        begun.push(name);
        leave.set(name, over);
      }),
    end: (name: string) => leave.get(name)!(),
  };
}

/**
 * More turns of the event loop than steps that can be due at once in any test: each turn takes at least one,
 * however slow the machine.
 */
const TURNS = 20;

/** Resolves when all due steps were run. */
async function steps(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) await new Promise((resolve) => setImmediate(resolve));
}

Deno.test("[Q7] a few requests of one address are answered at once, the others after them; another address has its own places", async () => {
  using places = new FairPlaces(makeLog(() => {}), { placeMs: 60_000 });
  const { begun, enter, end } = makeWork(places);
  for (let n = 0; n < 50; n++) enter("mallory", `mallory ${n}`);
  enter("anna", "anna");
  await steps();
  assert.equal(begun.length, PLACES_PER_ADDRESS + 1);
  assert.equal(begun[1], "anna", "she waits for one step of another, not for all");
  end("mallory 0");
  end("mallory 0");
  await steps();
  assert.deepEqual(begun.slice(PLACES_PER_ADDRESS + 1), [`mallory ${PLACES_PER_ADDRESS}`]);
  for (let n = 1; n < 50; n++) {
    end(`mallory ${n}`);
    await steps();
  }
  assert.equal(begun.length, 51);
  end("anna");
});

Deno.test("[Q7] a request that waits for something else does not block its address for long", async () => {
  using places = new FairPlaces(makeLog(() => {}), { placeMs: 1 });
  const { begun, enter } = makeWork(places);
  for (let n = 0; n < 3 * PLACES_PER_ADDRESS; n++) enter("school", `slow ${n}`);
  enter("school", "quick");
  while (!begun.includes("quick")) await steps();
  assert.equal(begun.length, 3 * PLACES_PER_ADDRESS + 1);
});

/**
 * Places with a clock that the test moves. `spend` uses up one address's credit while another one is active.
 */
function makeSpent() {
  let now = 0;
  const places = new FairPlaces(makeLog(() => {}), {
    placeMs: 60_000,
    now: () => now,
    use: { isHigh: true },
  });
  const source = {
    pauses: 0,
    resumes: 0,
    pause: () => void source.pauses++,
    resume: () => void source.resumes++,
  };
  const run = (key: string, work: () => Promise<void> = () => Promise.resolve()) =>
    places.run(key, work, source);
  return {
    places,
    source,
    run,
    pass: (ms: number) => now += ms,
    async spend() {
      const over = Promise.withResolvers<void>();
      const under = [run("mallory", () => over.promise), run("mallory", () => over.promise)];
      now += CREDIT_MS;
      over.resolve();
      await Promise.all(under);
      for (let n = 0; n < 2; n++) await run("anna");
    },
  };
}

Deno.test("[Q8] a message is processed at once while there is credit, otherwise it waits in order, and reading stops meanwhile", async () => {
  const { places, source, run, pass, spend } = makeSpent();
  using _places = places;
  let isTaken = false;
  const first = run("mallory", () => {
    isTaken = true;
    return Promise.resolve();
  });
  assert.ok(isTaken, "in the same step");
  await first;
  await spend();
  assert.deepEqual([source.pauses, source.resumes], [0, 0]);
  const taken: number[] = [];
  const waiting = Array.from({ length: 5 }, (_, n) =>
    run("mallory", () => {
      taken.push(n);
      return Promise.resolve();
    }));
  await run("anna", () => {
    taken.push(-1);
    return Promise.resolve();
  });
  await steps();
  assert.deepEqual(taken, [-1]);
  assert.deepEqual([source.pauses, source.resumes], [5, 0]);
  pass(10 * CREDIT_MS);
  await Promise.all(waiting);
  assert.deepEqual(taken, [-1, 0, 1, 2, 3, 4]);
  assert.deepEqual([source.pauses, source.resumes], [5, 5]);
});

Deno.test("[Q8] requests of an address without credit wait for it; a failed one is charged, too", async () => {
  const { places, run, pass, spend } = makeSpent();
  using _places = places;
  await assert.rejects(run("anna", () => Promise.reject(new Error("no"))), /no/);
  await spend();
  const begun: string[] = [];
  for (const key of ["mallory", "mallory", "anna"]) {
    places.enter(key, (leave) => {
      begun.push(key);
      leave();
    });
  }
  await steps();
  assert.deepEqual(begun, ["anna"]);
  pass(10 * CREDIT_MS);
  while (begun.length < 3) await steps();
});

Deno.test("[Q8] work that waits for credit is done at once when the process is about to end", async () => {
  const { places, run, spend } = makeSpent();
  using _places = places;
  await spend();
  const waiting = run("mallory");
  places.lift();
  await waiting;
});
