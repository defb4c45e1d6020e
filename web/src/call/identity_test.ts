/// <reference lib="deno.ns" />
import assert from "node:assert/strict";
import { MAX_NAME } from "@tafelrunde/protocol";
import { offeredName, rememberedName, rememberName } from "./identity.ts";
import { stoppedSince } from "./stopped_since.ts";

const on = false;
const off = true;

Deno.test("a name of the maximum length is remembered, whatever its characters are", () => {
  for (const letter of ["a", "😀"]) {
    const name = letter.repeat(MAX_NAME);
    rememberName(name, null);
    assert.equal(rememberedName(), name);
    rememberName(name + letter, null);
    assert.equal(rememberedName(), "");
  }
});

Deno.test("a signed-in person gets their last name if they used that account then, and else their account's name", () => {
  rememberName("Gus", null);
  assert.equal(offeredName(null), "Gus");
  assert.equal(offeredName("Anna"), "Anna", "somebody else's name, or their own of before");
  rememberName("Anna (Sales)", "Anna");
  assert.equal(offeredName("Anna"), "Anna (Sales)");
  assert.equal(offeredName("Ben"), "Ben", "another account");
  rememberName("", null);
  assert.equal(offeredName("Anna"), "Anna");
});

Deno.test("[J14] a source that was on and is now muted or missing was stopped meanwhile, and no other", () => {
  assert.deepEqual(stoppedSince({ microphone: on, camera: on }, { microphone: on, camera: on }), []);
  assert.deepEqual(stoppedSince({ microphone: on, camera: on }, { microphone: off }), [
    "microphone",
    "camera",
  ]);
  assert.deepEqual(stoppedSince({ microphone: on, camera: on }, { microphone: off, camera: on }), [
    "microphone",
  ]);
  assert.deepEqual(stoppedSince({ microphone: on, camera: on }, { microphone: on }), ["camera"]);
  assert.deepEqual(stoppedSince({ microphone: off, camera: on }, { microphone: off }), ["camera"]);
  assert.deepEqual(stoppedSince({ camera: on }, {}), ["camera"]);
  assert.deepEqual(stoppedSince({ microphone: off, camera: off }, { microphone: off, camera: off }), []);
  assert.deepEqual(stoppedSince({}, { microphone: on }), []);
  assert.deepEqual(stoppedSince({ screen: on, screenAudio: on }, {}), []);
});

Deno.test("[J14] a second hello of the same reload has no information", () => {
  assert.deepEqual(stoppedSince({ microphone: on, camera: on }, {}), []);
  assert.deepEqual(stoppedSince({ microphone: off, camera: on }, {}), []);
});

Deno.test("[J14] invalid stored values are ignored", () => {
  const kept = { microphone: "?", camera: null } as unknown as Record<string, boolean>;
  assert.deepEqual(stoppedSince(kept, { microphone: on }), []);
});
