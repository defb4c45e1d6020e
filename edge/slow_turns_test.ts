import assert from "node:assert/strict";
import type { Refusal } from "@tafelrunde/protocol";
import { SlowTurns } from "./slow_turns.ts";

const LATER: Refusal = { refused: "password.tooFrequent", retryAfterMs: 5_000 };

Deno.test("[Q3] waiting tries share the turns by network, and each turn serves one try", async () => {
  using turns = new SlowTurns();
  const free = { turns: 0 };
  const take = () => Promise.resolve(free.turns-- > 0 ? undefined : (free.turns = 0, LATER));
  const order: string[] = [];
  const wait = (network: string, address: string) =>
    turns.wait("a room", [network, address], take, LATER).then((refusal) =>
      order.push(refusal?.refused ?? address)
    );
  const all = [
    ...Array.from({ length: 50 }, (_, n) => wait("a large one", `large ${n}`)),
    wait("a small one", "small"),
    ...Array.from({ length: 160 }, (_, n) => wait("a large one", `more ${n}`)),
  ];
  free.turns = 3;
  while (order.filter((one) => one !== LATER.refused).length < 3) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  // The largest share drops what is too much.
  assert.equal(order.filter((one) => one === LATER.refused).length, 10);
  assert.deepEqual(order.filter((one) => one !== LATER.refused), ["large 0", "large 1", "small"]);
  turns[Symbol.dispose]();
  await Promise.all(all);
  assert.equal(turns.size, 0);
});

Deno.test("[Q3] subjects do not wait for each other, and a failure reaches the try that caused it", async () => {
  using turns = new SlowTurns();
  const stuck = turns.wait("one", ["a", "a"], () => Promise.resolve(LATER), LATER);
  const failing = turns.wait(
    "two",
    ["a", "a"],
    () => Promise.reject(new Error("the database is gone")),
    LATER,
  );
  const next = turns.wait("two", ["a", "a"], () => Promise.resolve(undefined), LATER);
  await assert.rejects(failing, /the database is gone/);
  assert.equal(await next, undefined);
  turns[Symbol.dispose]();
  assert.deepEqual(await stuck, LATER);
});
