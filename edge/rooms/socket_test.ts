import assert from "node:assert/strict";
import { makeLog } from "../log.ts";
import { makeMetrics } from "../metrics.ts";
import { Audience, FanOut } from "./fan_out.ts";
import { SILENCE_LIMIT_MS, Socket, type Wire } from "./socket.ts";
import { Unread } from "./unread.ts";

/** A wire whose reader takes nothing by itself. */
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

Deno.test("an answer that is not read for 15 s ends the connection; one that is read does not", () => {
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

Deno.test("unread answers beyond the bound of an address end the oldest of its sockets, not the newest", () => {
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

Deno.test("what waits for a closed reader counts until its connection has gone, and nothing of it after", () => {
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

Deno.test("a closed reader that still keeps much is ended when others need it, and counts no more", () => {
  const unread = new Unread({ perAddress: 250_000, inAll: 1_000_000 });
  const wires = Array.from({ length: 2 }, () => new StuckWire());
  const [first, second] = wires.map((wire) => open(wire, unread));
  first!.socket.send("x".repeat(150_000));
  first!.socket.close("tooFrequent");
  second!.socket.send("x".repeat(150_000));
  assert.deepEqual(wires.map(({ isTerminated }) => isTerminated), [true, false]);
  // Some platforms keep it all the same.
  first!.socket.tend();
  assert.equal(unread.total, 150_000);
  assert.equal(wires[1]!.closed, undefined);
  first!.socket.gone();
  second!.socket.close("normal");
  second!.socket.gone();
});

Deno.test("[X4] a wire that throws at everything ends its socket and nothing else", () => {
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

Deno.test("what an edge was late for itself, or its clock was set by, is nobody's silence", () => {
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

Deno.test("[Q8] nothing is read of a socket whose messages wait, and nobody is silent meanwhile; who is closed reads to the end", () => {
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
