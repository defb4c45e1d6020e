/// <reference lib="deno.ns" />
import assert from "node:assert/strict";
import { down, type DownOf, featureDown, featureEvents, ProtocolFault } from "@tafelrunde/protocol";
import { isEvent, isOfCore, parseFrame } from "./frame.ts";

Deno.test("a message of a known type with its fields is parsed", () => {
  const lobby = { type: "lobby", lobby: { name: "Team", present: 2 } };
  assert.deepEqual(parseFrame(JSON.stringify(lobby)), lobby);
  assert.equal(isEvent(parseFrame(JSON.stringify({ type: "track.muted", seq: 3, trackId: "t" }))!), true);
});

Deno.test("[V3] messages of features and of newer releases are not of the core, and their events count in the log", () => {
  for (const type of ["hand.raised", "quiz.opened", "toString"]) {
    const event = parseFrame(
      JSON.stringify({ type, seq: 7, at: 1, actor: null, cause: null, question: "?" }),
    );
    assert.equal(isEvent(event), true);
    const message = parseFrame(JSON.stringify({ type, question: "?" }));
    assert.equal(isEvent(message) || isOfCore(message), false);
  }
  assert.equal(isOfCore(parseFrame(JSON.stringify({ type: "pong", n: 1 })) as DownOf<"pong">), true);
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
    '{"type":"hand.raised","seq":7}',
  ];
  for (const text of [...unreadable, new Uint8Array(3), undefined]) {
    assert.throws(() => parseFrame(text), ProtocolFault);
  }
});

Deno.test("every field that the schemas require beyond the envelope is required here too", () => {
  const envelope = new Set(["type", "version", "edgeId", "at", "actor", "cause"]);
  const features = new Set(Object.keys({ ...featureDown, ...featureEvents }));
  for (const [type, schema] of Object.entries(down)) {
    if (features.has(type)) continue;
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
