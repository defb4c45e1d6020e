/// <reference lib="deno.ns" />
import { deepEqual } from "node:assert/strict";
import { seat } from "./seating.ts";

const heard = (at: Record<string, number>) => (id: string) => at[id] ?? 0;

Deno.test("newcomers go to the end, and leaving people free their place", () => {
  deepEqual(seat(["a", "b", "c"], ["a", "c", "d"], [], 9, heard({})), ["a", "c", "d"]);
});

Deno.test("a speaker out of sight takes the place of the one silent longest, and nobody else moves", () => {
  const order = seat(
    ["a", "b", "c", "d", "e"],
    ["a", "b", "c", "d", "e"],
    ["e"],
    3,
    heard({ a: 5, b: 2, c: 9 }),
  );
  deepEqual(order, ["a", "e", "c", "d", "b"]);
});

Deno.test("a speaker in sight stays where they are", () => {
  deepEqual(seat(["a", "b", "c"], ["a", "b", "c"], ["b"], 2, heard({})), ["a", "b", "c"]);
});

Deno.test("when everyone in sight speaks, nobody is pushed out", () => {
  deepEqual(seat(["a", "b", "c"], ["a", "b", "c"], ["a", "b", "c"], 2, heard({})), ["a", "b", "c"]);
});
