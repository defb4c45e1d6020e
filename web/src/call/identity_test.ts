/// <reference lib="deno.ns" />
import assert from "node:assert/strict";
import { MAX_NAME } from "@tafelrunde/protocol";
import { offeredName, rememberedName, rememberName } from "./identity.ts";
import { stoppedSince } from "./stopped_since.ts";

const on = false;
const off = true;

Deno.test("a name of as many characters as there may be is remembered, whatever they are", () => {
  for (const letter of ["a", "😀"]) {
    const name = letter.repeat(MAX_NAME);
    rememberName(name, null);
    assert.equal(rememberedName(), name);
    rememberName(name + letter, null);
    assert.equal(rememberedName(), "");
  }
});

Deno.test("who is signed in is offered the name of last time if they were so then, too, and else their account's", () => {
  rememberName("Gus", null);
  assert.equal(offeredName(null), "Gus");
  assert.equal(offeredName("Anna"), "Anna", "somebody else's name, or their own of before");
  rememberName("Anna (Sales)", "Anna");
  assert.equal(offeredName("Anna"), "Anna (Sales)");
  assert.equal(offeredName("Ben"), "Ben", "another account");
  rememberName("", null);
  assert.equal(offeredName("Anna"), "Anna");
});

Deno.test("[J14] what was on and is muted or missing was stopped meanwhile, and nothing else was", () => {
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

Deno.test("[J14] a hello that came after another of the same reload knows nothing", () => {
  assert.deepEqual(stoppedSince({ microphone: on, camera: on }, {}), []);
  assert.deepEqual(stoppedSince({ microphone: off, camera: on }, {}), []);
});

Deno.test("[J14] what the browser kept and is none says nothing", () => {
  const kept = { microphone: "?", camera: null } as unknown as Record<string, boolean>;
  assert.deepEqual(stoppedSince(kept, { microphone: on }), []);
});
