import assert from "node:assert/strict";
import { LogShares, writeShared } from "./log_share.ts";

const HOUR_MS = 3_600_000;

function makeLog() {
  const lines: string[] = [];
  const clock = { ms: 0 };
  const shares = new LogShares(() => clock.ms);
  const write = (event: string, fields: Record<string, unknown> = {}) =>
    writeShared(shares, (line) => lines.push(line), "error", event, fields);
  const bytes = () => lines.reduce((sum, line) => sum + line.length + 1, 0);
  const has = (event: string) => lines.some((line) => JSON.parse(line).event === event);
  return { lines, clock, write, bytes, has };
}

/** An error as thrown at one place in the code, with text from a client in its message. */
function faultAt(place: number, text: string): Error {
  const error = new TypeError(text);
  error.stack = `TypeError: ${text}\n    at read${place} (file:///edge/x.ts:${place}:1)\n`;
  return error;
}

Deno.test("log lines that clients can trigger over and over get a share of the log, and push no others out", () => {
  const { lines, write, bytes, has } = makeLog();
  for (let n = 0; n < 20_000; n++) write("fault", { where: "http", error: faultAt(1, `stranger ${n}`) });
  assert.ok(bytes() < 70_000, `${bytes()} bytes`);
  assert.equal(lines.filter((line) => line.includes('"log.full"')).length, 1);
  write("fault", { where: "http", error: faultAt(2, "another place") });
  assert.ok(lines.at(-1)!.includes("another place"));
  write("node.lost", {});
  assert.ok(has("node.lost"));
});

Deno.test("thousands of kinds of lines take a bounded part of a log per hour, and the next hour says what was left out", () => {
  const { lines, clock, write, bytes, has } = makeLog();
  for (let n = 0; n < 200_000; n++) {
    write("fault", { where: "http", error: faultAt(n % 5_000, "x".repeat(200)) });
  }
  assert.ok(bytes() < 5_000_000, `${bytes()} bytes`);
  clock.ms += HOUR_MS;
  write("fault", { where: "http", error: faultAt(1, "once more") });
  const last = JSON.parse(lines.at(-1)!);
  assert.equal(last.error.message, "once more");
  assert.ok(last.leftOut > 0);
  write("ready");
  assert.ok(has("ready"));
});

Deno.test("a log line has a maximum length, whatever text it contains", () => {
  const { lines, write } = makeLog();
  write("room.store", { error: "ä\u0000".repeat(100_000) });
  assert.ok(lines[0]!.length < 12_000, String(lines[0]!.length));
  assert.equal(JSON.parse(lines[0]!).event, "room.store");
});
