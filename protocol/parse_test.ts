import assert from "node:assert/strict";
import {
  afterClose,
  CLOSE,
  type CloseName,
  closeReason,
  isTooDeep,
  parseDown,
  parseUp,
  ProtocolFault,
  REFUSAL_CODES,
} from "./mod.ts";

const ID = "0f8fad5b-d9cb-469f-a165-70867728950e";

Deno.test("[M1] a message is text, JSON, of a known type, and of exactly its shape", () => {
  assert.deepEqual(parseUp(`{"type":"hand.raise","id":"${ID}","raised":true}`), {
    type: "hand.raise",
    id: ID,
    raised: true,
  });
  for (
    const wrong of [
      "",
      "null",
      "[]",
      '"hello"',
      "{",
      '{"type":7}',
      '{"type":"hand.wave"}',
      '{"type":"toString"}',
      '{"type":"__proto__"}',
      `{"type":"hand.raise","id":"${ID}"}`,
      `{"type":"hand.raise","id":"${ID}","raised":"yes"}`,
      `{"type":"hand.raise","id":"${ID}","raised":true,"more":1}`,
      `{"type":"hand.raise","id":"x","raised":true}`,
    ]
  ) assert.throws(() => parseUp(wrong), ProtocolFault, wrong);
});

Deno.test("[V6] of a newer release's command only the id is read, and no other message is accepted", () => {
  const foreign = { type: "foreign", id: ID };
  const known = [
    `{"type":"quiz.open","id":"${ID}","question":{"text":"Who?"},"options":[1,2]}`,
    `{"type":"hand.wave","id":"${ID}"}`,
    `{"type":"breakout.moveAll","id":"${ID}","type ":0}`,
    `{"type":"constructor.call","id":"${ID}","__proto__":{"id":1}}`,
  ];
  for (const text of known) assert.deepEqual(parseUp(text), foreign, text);
  const garbage = [
    `{"type":"quiz.open"}`,
    `{"type":"quiz.open","id":7}`,
    `{"type":"quiz.open","id":"short"}`,
    `{"type":"quiz.open","id":"${"x".repeat(37)}"}`,
    `{"type":"poll","id":"${ID}"}`,
    `{"type":"quiz.open.now","id":"${ID}"}`,
    `{"type":"poll open","id":"${ID}"}`,
    `{"type":"__proto__","id":"${ID}"}`,
    `{"type":"a.${"b".repeat(63)}","id":"${ID}"}`,
    `[{"type":"quiz.open","id":"${ID}"}]`,
  ];
  for (const text of garbage) {
    assert.throws(() => parseUp(text), { name: "ProtocolFault", message: "unknown type" }, text);
  }
  assert.throws(() => parseDown(known[0]!), ProtocolFault);
});

Deno.test("[M1] brackets can be nested 32 deep, not counting those in strings", () => {
  const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
  assert.equal(isTooDeep(nested(32)), false);
  assert.equal(isTooDeep(nested(33)), true);
  assert.equal(isTooDeep(`{"a":${nested(31)},"b":[]}`), false);
  assert.equal(isTooDeep(`["${"[".repeat(99)}","\\"${"{".repeat(99)}"]`), false);
  const published = `{"type":"track.publish","id":"${ID}","rtpParameters":${'{"a":'.repeat(20_000)}`;
  assert.throws(() => parseUp(published), { name: "ProtocolFault", message: "too deep" });
});

Deno.test("[M1] a log position fits the database, and a number survives JSON", () => {
  const before = (seq: number | string) => `{"type":"chat.before","id":"${ID}","before":${seq}}`;
  assert.doesNotThrow(() => parseUp(before(2 ** 31 - 1)));
  for (const seq of [2 ** 31, 2 ** 53, -1, 0.5, "1e309"]) {
    assert.throws(() => parseUp(before(seq)), ProtocolFault);
  }
  for (const n of ["1e309", "-1e309"]) {
    assert.throws(() => parseUp(`{"type":"ping","n":${n}}`), ProtocolFault);
  }
});

Deno.test("[M2] a fault names the place and never the value", () => {
  assert.throws(() => parseUp(`{"type":"chat.post","id":"${ID}","text":{"secret":1}}`), {
    name: "ProtocolFault",
    message: "chat.post: wrong text",
  });
});

Deno.test("[M2] a fault repeats no name that the sender made up", () => {
  const faults = [
    `{"type":"ping","n":1,"made up":1}`,
    `{"type":"rtt.measured","rttByNode":{"made up":"x"}}`,
    `{"type":"made up"}`,
    `{"type":"ping","n":1,"__proto__":1,"toString":1}`,
    `made up`,
  ].map((text) => {
    try {
      parseUp(text);
    } catch (error) {
      return (error as Error).message;
    }
    return "taken";
  });
  assert.deepEqual(faults.slice(0, 3), [
    "ping: wrong shape",
    "rtt.measured: wrong rttByNode",
    "unknown type",
  ]);
  assert.ok(faults.every((fault) => !/made up|__proto__|toString|taken/.test(fault)), faults.join());
});

Deno.test("[X3] a close reason is printable ASCII and at most 123 bytes, whatever it is made of", () => {
  const details = [
    "",
    "a place",
    "ä".repeat(200),
    "😀".repeat(200),
    "x".repeat(500),
    "a\r\nb\u0000",
    "\ud83d",
  ];
  for (const name of Object.keys(CLOSE) as CloseName[]) {
    for (const detail of details) {
      const reason = closeReason(name, detail);
      assert.match(reason, /^[ -~]{1,123}$/);
      assert.ok(reason.startsWith(name));
    }
  }
});

Deno.test("[M3] a client's message is not an edge's", () => {
  assert.throws(() => parseDown(`{"type":"hand.raise","id":"${ID}","raised":true}`), ProtocolFault);
});

Deno.test("[X1] unknown close codes mean: reconnect", () => {
  assert.equal(afterClose(1006), "comeBack");
  assert.equal(afterClose(CLOSE.roomUnknown.code), "stayAway");
  assert.equal(afterClose(CLOSE.version.code), "reload");
});

Deno.test("[X2] close codes and refusal codes are each used once", () => {
  const codes = Object.values(CLOSE).map(({ code }) => code);
  assert.equal(new Set(codes).size, codes.length);
  assert.equal(new Set(REFUSAL_CODES).size, REFUSAL_CODES.length);
});
