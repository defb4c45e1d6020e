import type { Wire } from "../runtime/runtime.ts";
import assert from "node:assert/strict";
import { makeLog } from "@tafelrunde/protocol/process/log";
import { makeMetrics } from "../metrics.ts";
import { Audience, FanOut } from "./fan_out.ts";
import { SILENCE_LIMIT_MS, Socket } from "./socket.ts";
import { Unread } from "./unread.ts";

/** A connection whose client reads nothing by itself. */
class StuckWire implements Wire {
  unsentBytes = 0;
  isTerminated = false;
  closed: { code: number; reason: string } | undefined;
  send(text: string): void {
    this.unsentBytes += text.length;
  }
  sendAll(texts: readonly string[]): void {
    for (const text of texts) this.send(text);
  }
  close(code: number, reason: string): void {
    this.closed = { code, reason };
  }
  terminate(): void {
    this.isTerminated = true;
  }
  pause(): void {}
  resume(): void {}
}

const fanOut = new FanOut({ log: makeLog(() => {}) });

function open(wire: Wire, unread = new Unread()) {
  let now = 1_000_000;
  const lines: string[] = [];
  let gone = 0;
  const context = {
    log: makeLog((line) => lines.push(line)),
    metrics: makeMetrics(),
    now: () => now,
    unread,
    address: "a",
  };
  const socket = new Socket(wire, context, {
    receive: () => {},
    receiveTooFrequent: () => {},
    caughtUp: () => {},
    gone: () => void gone++,
  });
  return { socket, lines, pass: (ms: number) => now += ms, gone: () => gone };
}

Deno.test("a connection is terminated if an answer stays unread for 15 s, and not if it is read", () => {
  const [stuck, reading] = [new StuckWire(), new StuckWire()];
  const unread = new Unread();
  const one = open(stuck, unread);
  const other = open(reading, unread);
  for (const { socket } of [one, other]) socket.send("x".repeat(100_000));
  assert.equal(unread.total, 200_000);
  for (let s = 0; s < 16; s++) {
    reading.unsentBytes -= 5_000;
    for (const { socket, pass } of [one, other]) {
      pass(1_000);
      socket.receive('{"type":"ping","n":1}');
      socket.tend();
    }
  }
  assert.equal(stuck.closed?.code, 4503);
  assert.ok(stuck.isTerminated);
  assert.equal(reading.closed, undefined);
  assert.equal(unread.total, reading.unsentBytes);
  other.socket.close("normal");
  other.socket.gone();
  one.socket.gone();
});

Deno.test("unread answers beyond an address's limit terminate its oldest stuck socket, not the newest", () => {
  const unread = new Unread({ perAddress: 250_000, inAll: 1_000_000 });
  const wires = Array.from({ length: 4 }, () => new StuckWire());
  const sockets = wires.map((wire) => open(wire, unread));
  for (const { socket } of sockets) socket.send("x".repeat(100_000));
  assert.deepEqual(wires.map(({ isTerminated }) => isTerminated), [true, true, false, false]);
  assert.equal(unread.total, 200_000);
  for (const { socket } of sockets) {
    socket.close("normal");
    socket.gone();
  }
});

Deno.test("unsent bytes of a closed client count until its connection is gone, and not after", () => {
  const closings: Record<string, (one: ReturnType<typeof open>, wire: StuckWire) => void> = {
    "it takes too little": ({ socket }, wire) => {
      wire.unsentBytes = 2 * 1024 * 1024;
      socket.send("x");
    },
    "it is silent": ({ socket, pass }) => {
      for (let s = 0; s < 16; s++) {
        pass(1_000);
        socket.tend();
      }
    },
    "it breaks the rules": ({ socket }) => socket.receive("nonsense"),
    "it is asked to go": ({ socket }) => socket.close("normal"),
    "it has gone by itself": () => {},
  };
  for (const [why, close] of Object.entries(closings)) {
    const unread = new Unread();
    const wire = new StuckWire();
    const one = open(wire, unread);
    wire.unsentBytes = 100_000;
    one.socket.tend();
    close(one, wire);
    assert.equal(unread.total, wire.unsentBytes, why);
    wire.unsentBytes -= 1_000;
    one.socket.tend();
    assert.equal(unread.total, wire.unsentBytes, `${why}: it reads its last words`);
    one.socket.gone();
    for (
      const look of [
        () => one.socket.tend(),
        () => one.socket.send("x"),
        () => one.socket.broadcast("x", new Audience(fanOut)),
      ]
    ) {
      look();
      assert.equal(unread.total, 0, why);
    }
    assert.equal(one.gone(), 1, why);
  }
});

Deno.test("a closed client with many unsent bytes is terminated when others need the memory, and counts no more", () => {
  const unread = new Unread({ perAddress: 250_000, inAll: 1_000_000 });
  const wires = Array.from({ length: 2 }, () => new StuckWire());
  const [first, second] = wires.map((wire) => open(wire, unread));
  first!.socket.send("x".repeat(150_000));
  first!.socket.close("tooFrequent");
  second!.socket.send("x".repeat(150_000));
  assert.deepEqual(wires.map(({ isTerminated }) => isTerminated), [true, false]);
  // Some platforms keep the bytes nevertheless.
  first!.socket.tend();
  assert.equal(unread.total, 150_000);
  assert.equal(wires[1]!.closed, undefined);
  first!.socket.gone();
  second!.socket.close("normal");
  second!.socket.gone();
});

Deno.test("[X4] a connection that throws on every call ends its socket and nothing else", () => {
  const wire = new StuckWire();
  const fail = () => {
    throw new RangeError("no");
  };
  wire.close = fail;
  wire.terminate = fail;
  const { socket, lines, gone } = open(wire);
  socket.receive("nonsense");
  assert.equal(socket.isOpen, false);
  assert.equal(gone(), 1);
  assert.ok(lines.some((line) => line.includes('"event":"fault"')));
  socket.gone();
});

Deno.test("time by which an edge was late, or its clock was set, counts as no client's silence", () => {
  const wire = new StuckWire();
  const { socket, pass } = open(wire);
  socket.send("x".repeat(1_000));
  socket.tend();
  for (const lateMs of [16_000, 3_600_000, -3_600_000]) {
    pass(lateMs);
    socket.tend();
    assert.equal(wire.closed, undefined, `late by ${lateMs} ms`);
  }
  wire.unsentBytes = 0;
  for (let s = 0; s <= 15; s++) {
    assert.equal(wire.closed, undefined, `${s} s`);
    pass(1_000);
    socket.tend();
  }
  assert.match(wire.closed!.reason, /silent/);
});

Deno.test("[Q8] a socket with queued messages is not read, and does not count as silent; a closed one is read to the end", () => {
  const calls: string[] = [];
  const wire = Object.assign(new StuckWire(), {
    pause: () => void calls.push("pause"),
    resume: () => void calls.push("resume"),
  });
  const { socket, pass } = open(wire);
  socket.pause();
  socket.pause();
  for (let n = 0; n < 2 * SILENCE_LIMIT_MS / 1_000; n++) {
    pass(1_000);
    socket.tend();
  }
  assert.ok(socket.isOpen);
  socket.resume();
  socket.resume();
  assert.deepEqual(calls, ["pause", "resume"]);
  socket.tend();
  assert.ok(socket.isOpen, "what it has sent meanwhile is still to be read");
  socket.pause();
  socket.close("normal");
  assert.deepEqual(calls, ["pause", "resume", "pause", "resume"]);
});
