import assert from "node:assert/strict";
import { makeSealer } from "./seal.ts";

const [OLD, NEW] = ["an old cluster key, 32 characters.", "a new cluster key, 32 characters."];

Deno.test("a sealed text opens for its context, and after a change of the cluster key", async () => {
  const before = await makeSealer([OLD]);
  const between = await makeSealer([NEW, OLD]);
  const after = await makeSealer([NEW]);
  const sealed = await before.seal("a secret", "here");
  assert.ok(!sealed.includes("secret"));
  assert.equal(await before.open(sealed, "here"), "a secret");
  assert.equal(await between.open(sealed, "here"), "a secret");
  await assert.rejects(after.open(sealed, "here"));
  await assert.rejects(before.open(sealed, "there"));
  assert.equal(await after.open(await between.seal("another", "here"), "here"), "another");
  await assert.rejects(before.open(`${sealed[0] === "A" ? "B" : "A"}${sealed.slice(1)}`, "here"));
});
