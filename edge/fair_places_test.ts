import assert from "node:assert/strict";
import { FairPlaces, PLACES_PER_ADDRESS } from "./fair_places.ts";
import { makeLog } from "./log.ts";

/** Work that goes on until it is told to end. */
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

/** Resolves when all steps that may be taken now were taken. */
const taken = () => new Promise<void>((resolve) => setTimeout(resolve, 20));

Deno.test("[Q7] of one address a few requests are answered at once, the others after them; another address finds its own place", async () => {
  using places = new FairPlaces(makeLog(() => {}), 60_000);
  const { begun, enter, end } = makeWork(places);
  for (let n = 0; n < 50; n++) enter("mallory", `mallory ${n}`);
  enter("anna", "anna");
  await taken();
  assert.equal(begun.length, PLACES_PER_ADDRESS + 1);
  assert.equal(begun[1], "anna", "she waits for one step of another, not for all");
  end("mallory 0");
  end("mallory 0");
  await taken();
  assert.deepEqual(begun.slice(PLACES_PER_ADDRESS + 1), [`mallory ${PLACES_PER_ADDRESS}`]);
  for (let n = 1; n < 50; n++) {
    end(`mallory ${n}`);
    await taken();
  }
  assert.equal(begun.length, 51);
  end("anna");
});

Deno.test("[Q7] what waits for something else keeps nobody of its address out for long", async () => {
  using places = new FairPlaces(makeLog(() => {}), 1);
  const { begun, enter } = makeWork(places);
  for (let n = 0; n < 3 * PLACES_PER_ADDRESS; n++) enter("school", `slow ${n}`);
  enter("school", "quick");
  while (!begun.includes("quick")) await taken();
  assert.equal(begun.length, 3 * PLACES_PER_ADDRESS + 1);
});
