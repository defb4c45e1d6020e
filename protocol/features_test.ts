import assert from "node:assert/strict";
import { commands, events, featureOf, features, PROTOCOL_VERSION } from "./mod.ts";

/** Admission, media and spaces: these work at every version that an edge speaks. */
const CORE = ["room", "participant", "waiting", "role", "space", "track"];

Deno.test("[V5] each command and each event belongs to the core or to a feature of the list", () => {
  for (const type of [...Object.keys(commands), ...Object.keys(events)]) {
    const isOfCore = CORE.includes(type.split(".", 1)[0]!);
    assert.equal(featureOf(type) === undefined, isOfCore, type);
  }
  for (const type of ["hand", "toString.call", "quizzes.open", "", "."]) {
    assert.equal(featureOf(type), type === "hand" ? "hand" : undefined, type);
  }
});

Deno.test("[V5] no feature came with a version that this release does not speak", () => {
  for (const [name, { since }] of Object.entries(features)) {
    assert.ok(Number.isInteger(since) && since <= PROTOCOL_VERSION, name);
  }
});
