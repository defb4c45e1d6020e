import assert from "node:assert/strict";
import { onBehalfOf } from "../asker.ts";
import { ConnectionTurns } from "./connection_turns.ts";
import { StoreUnavailable } from "./unavailable.ts";

Deno.test("[Q7] an address with many database requests only delays itself: another address is next, and so is the edge", async () => {
  const turns = new ConnectionTurns(2, 60_000);
  const given: string[] = [];
  const take = (key: string) => onBehalfOf(key, () => turns.take().then(() => given.push(key)));
  const flood = Array.from({ length: 30 }, () => take("mallory"));
  const others = [take("anna"), take("")];
  await Promise.all(flood.slice(0, 2));
  assert.deepEqual(given, ["mallory", "mallory"]);
  for (let n = 0; n < 3; n++) turns.giveBack();
  await Promise.all(others);
  assert.deepEqual(given.slice(2).sort(), ["", "anna", "mallory"]);
  while (given.length < 32) {
    turns.giveBack();
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  await Promise.all(flood);
});

Deno.test("a caller that waits for a connection in vain is refused, and takes none later", async () => {
  const turns = new ConnectionTurns(1, 1);
  await turns.take();
  await assert.rejects(turns.take(), StoreUnavailable);
  turns.giveBack();
  await turns.take();
  const last = turns.take();
  turns.end();
  await assert.rejects(last, StoreUnavailable);
});
