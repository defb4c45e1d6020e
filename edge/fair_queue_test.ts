import assert from "node:assert/strict";
import { FairQueue } from "./fair_queue.ts";

function drain<Item>(queue: FairQueue<Item>): Item[] {
  const items: Item[] = [];
  for (let item = queue.shift(); item !== undefined; item = queue.shift()) items.push(item);
  return items;
}

Deno.test("[Q2] branches take turns at each level, whoever came first", () => {
  const queue = new FairQueue<string>(20);
  for (const n of [1, 2, 3, 4]) queue.push(["room", "mallory", "own"], `own ${n}`);
  queue.push(["room", "mallory", "other"], "other");
  queue.push(["room", "anna", "hers"], "anna 1");
  queue.push(["room", "anna", "hers"], "anna 2");
  queue.push(["signIn", "ben", "ben@"], "ben");
  assert.deepEqual(drain(queue), ["own 1", "ben", "anna 1", "other", "anna 2", "own 2", "own 3", "own 4"]);
  assert.equal(queue.size, 0);
});

Deno.test("[Q2] a full queue drops from the largest share; a newcomer there loses only their own items", () => {
  const queue = new FairQueue<string>(4);
  for (const n of [1, 2, 3, 4]) assert.equal(queue.push(["mallory", "own"], `own ${n}`), undefined);
  assert.equal(queue.push(["mallory", "own"], "own 5"), "own 5");
  assert.equal(queue.push(["anna", "hers"], "anna"), "own 4");
  assert.equal(queue.push(["mallory", "other"], "behind the same address"), "own 3");
  assert.equal(queue.push(["ben", "his"], "ben"), "own 2", "the larger of two shares");
  assert.equal(queue.push(["cem", "his"], "cem"), "behind the same address");
  assert.equal(queue.push(["dora", "hers"], "dora"), "dora", "all are as large: who came first stays");
  assert.deepEqual(drain(queue), ["own 1", "anna", "ben", "cem"]);
});

Deno.test("[Q2] an empty share leaves nothing behind", () => {
  const queue = new FairQueue<number>(100);
  for (let n = 0; n < 1_000; n++) queue.push([`address ${n % 7}`, `room ${n}`], n);
  const rest = drain(queue);
  assert.equal(rest.length, 100);
  assert.equal(new Set(rest).size, 100);
  assert.equal(queue.push(["new", "one"], 1), undefined);
  assert.equal(queue.shift(), 1);
});

Deno.test("[Q2] a held branch is skipped, and keeps its turn", () => {
  const queue = new FairQueue<string>(20);
  for (const n of [1, 2]) queue.push(["room", "mallory"], `mallory ${n}`);
  queue.push(["signIn", "mallory"], "mallory signs in");
  queue.push(["signIn", "anna"], "anna");
  const isHeld = (name: string) => name === "mallory";
  assert.equal(queue.shift(isHeld), "anna");
  assert.equal(queue.shift(isHeld), undefined);
  assert.deepEqual(drain(queue), ["mallory 1", "mallory signs in", "mallory 2"]);
  assert.equal(queue.size, 0);
});
