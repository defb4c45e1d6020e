/// <reference lib="deno.ns" />
import assert from "node:assert/strict";
import { down, ProtocolFault } from "@tafelrunde/protocol";
import { isEvent, parseFrame } from "./frame.ts";

Deno.test("a message of a known type with its fields is parsed", () => {
  const lobby = { type: "lobby", lobby: { name: "Team", present: 2 } };
  assert.deepEqual(parseFrame(JSON.stringify(lobby)), lobby);
  assert.equal(isEvent(parseFrame(JSON.stringify({ type: "track.muted", seq: 3, trackId: "t" }))!), true);
});

Deno.test("[V3] an event of a newer release counts as skipped, and its other messages are ignored", () => {
  for (const type of ["poll.opened", "toString"]) {
    assert.deepEqual(parseFrame(JSON.stringify({ type, seq: 7, question: "?" })), {
      type: "skipped",
      seq: 7,
    });
    assert.equal(parseFrame(JSON.stringify({ type, seq: "7" })), undefined);
  }
});

Deno.test("anything else is a fault", () => {
  const unreadable = [
    "",
    "{",
    "null",
    "[]",
    "7",
    '{"seq":7}',
    '{"type":7}',
    '{"type":"pong"}',
  ];
  for (const text of [...unreadable, new Uint8Array(3), undefined]) {
    assert.throws(() => parseFrame(text), ProtocolFault);
  }
});

Deno.test("every field that the schemas require beyond the envelope is required here too", () => {
  const envelope = new Set(["type", "version", "edgeId", "at", "actor", "cause"]);
  for (const [type, schema] of Object.entries(down)) {
    const required = Object.entries(schema.entries).filter(([field, { type }]) =>
      !envelope.has(field) && type !== "optional"
    );
    for (const [field] of required) {
      const message = Object.fromEntries(Object.keys(schema.entries).map((key) => [key, 0]));
      delete message[field];
      assert.throws(
        () => parseFrame(JSON.stringify({ ...message, type })),
        ProtocolFault,
        `${type}.${field}`,
      );
    }
  }
});
