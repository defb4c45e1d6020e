import type { Wire } from "../runtime/runtime.ts";
import assert from "node:assert/strict";
import { setTimeout as pass } from "node:timers/promises";
import { makeLog } from "@tafelrunde/protocol/process/log";
import { makeMetrics } from "../metrics.ts";
import { Audience, FanOut, type Recipient, STEP, WRITES } from "./fan_out.ts";
import { HELD_LIMIT, LAG_BYTES, Socket } from "./socket.ts";
import { Unread } from "./unread.ts";

const log = makeLog(() => {});

/** A connection whose client reads everything at once. */
class OpenWire implements Wire {
  unsentBytes = 0;
  writes = 0;
  readonly frames: string[] = [];
  send(text: string): void {
    this.writes++;
    this.frames.push(text);
  }
  sendAll(texts: readonly string[]): void {
    this.writes++;
    this.frames.push(...texts);
  }
  close(_code: number, reason: string): void {
    this.frames.push(reason);
  }
  terminate(): void {}
  pause(): void {}
  resume(): void {}
}

function openSockets(count: number) {
  const wires = Array.from({ length: count }, () => new OpenWire());
  const unread = new Unread();
  const context = { log, metrics: makeMetrics(), now: () => 0, unread, address: "a" };
  const listener = { receive() {}, receiveTooFrequent() {}, caughtUp() {}, gone() {} };
  const sockets = wires.map((wire) => new Socket(wire, context, listener));
  const writes = () => wires.reduce((sum, wire) => sum + wire.writes, 0);
  return {
    wires,
    sockets,
    writes,
    send(text: string, audience: Audience, from = "") {
      for (const socket of sockets) socket.broadcast(text, audience);
      audience.go(from);
    },
    [Symbol.dispose]() {
      for (const socket of sockets) socket.gone();
    },
  };
}

/** Longest wait for a condition, ms; far more than a busy machine needs. */
const DEADLINE_MS = 60_000;

async function until(isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (!isSo()) {
    assert.ok(performance.now() < deadline, "it does not happen");
    await pass(1);
  }
}

const texts = (count: number) => Array.from({ length: count }, (_, n) => `message ${n}`);

Deno.test("[L10] a message in a small room is written to everyone before anything else happens", () => {
  // The clock stands still, so no writes are refilled.
  using fanOut = new FanOut({ log, now: () => 0 });
  const room = new Audience(fanOut);
  using people = openSockets(10);
  for (const [n, text] of texts(40).entries()) {
    people.send(text, room, "anna");
    assert.equal(people.writes(), 10 * (n + 1));
  }
  assert.deepEqual(people.wires[9]!.frames, texts(40));
});

Deno.test("[L10] 40 reactions to a thousand clients take at most three writes each, and arrive whole and in order", async () => {
  using fanOut = new FanOut({ log, now: () => 0 });
  const room = new Audience(fanOut);
  using people = openSockets(1_000);
  for (const text of texts(40)) people.send(text, room, "anna");
  await until(() => people.wires.every(({ frames }) => frames.length === 40));
  // The first two use up the burst; how many of these are written together depends on the machine.
  assert.ok(people.writes() <= 3_000, `${people.writes()} writes`);
  for (const { frames } of people.wires) assert.deepEqual(frames, texts(40));
});

Deno.test("[L10] many small rooms of one address have no more writes than one large room", async () => {
  using fanOut = new FanOut({ log, now: () => 0 });
  const rooms = Array.from({ length: 100 }, () => ({ room: new Audience(fanOut), people: openSockets(50) }));
  for (const text of texts(10)) for (const { room, people } of rooms) people.send(text, room, "mallory");
  const atOnce = rooms.filter(({ people }) => people.wires[0]!.frames.length > 0).length;
  assert.ok(atOnce <= WRITES.burst / 50 + 1, `${atOnce} rooms at once`);

  const { room, people } = rooms.at(-1)!;
  assert.equal(people.wires[0]!.frames.length, 0);
  people.send("from elsewhere", room, "anna");
  assert.deepEqual(people.wires[0]!.frames, [...texts(10), "from elsewhere"]);
  assert.equal(rooms.at(-2)!.people.wires[0]!.frames.length, 0);
  const wires = rooms.flatMap(({ people }) => people.wires);
  await until(() => wires.every(({ frames }) => frames.length >= 10));
  for (const { frames, writes } of wires) {
    assert.deepEqual(frames.slice(0, 10), texts(10));
    assert.ok(writes <= 2, `${writes} writes to one reader`);
  }
  for (const one of rooms) one.people[Symbol.dispose]();
});

Deno.test("an address is forgotten once its writes are paid off", () => {
  let now = 0;
  using fanOut = new FanOut({ log, now: () => now });
  const room = new Audience(fanOut);
  using people = openSockets(10);
  for (let n = 0; n < 100; n++) {
    people.send("hello", room, `address ${n}`);
    now += 100;
  }
  assert.ok(fanOut.addresses <= 2, `${fanOut.addresses}`);
});

Deno.test("[L10] large rooms take turns of a millisecond each, and other work comes between", async () => {
  using fanOut = new FanOut({ log, now: () => 0 });
  const order: string[] = [];
  const rooms = ["a", "b", "c"].map((name) => {
    const room = new Audience(fanOut);
    for (let n = 0; n < 10 * STEP; n++) {
      const slow: Recipient = {
        flush() {
          // One step takes longer than a turn, or a round's first piece, on any machine.
          for (const from = performance.now(); performance.now() < from + 3 / STEP;);
          order.push(name);
        },
      };
      room.add(slow);
    }
    return room;
  });
  let isOver = false;
  const other = () => {
    order.push("other");
    if (!isOver) setImmediate(other);
  };
  setImmediate(other);
  for (const room of rooms) room.go("");
  await until(() => order.filter((name) => name !== "other").length === 30 * STEP);
  isOver = true;
  const [first, ...pieces] = order.join("").replaceAll("other", " ").trimEnd().split(/ +/);
  // Each writes its first piece when told, all three within one turn of this test.
  assert.equal(first, ["a", "b", "c"].map((name) => name.repeat(STEP)).join(""));
  assert.deepEqual(pieces, Array.from({ length: 27 }, (_, n) => "abc"[n % 3]!.repeat(STEP)));
  await new Promise((resolve) => setImmediate(resolve));
});

Deno.test("a message sent during a round is written in it or in the next, and nothing is written twice", async () => {
  using fanOut = new FanOut({ log, now: () => 0 });
  const room = new Audience(fanOut);
  using people = openSockets(20 * STEP);
  const [first] = people.sockets;
  const slow: Recipient = {
    flush() {
      for (const from = performance.now(); performance.now() < from + 2;);
    },
  };
  room.add(slow);
  people.send("one", room, "anna");
  const reached = people.wires.filter(({ frames }) => frames.length > 0).length;
  assert.ok(reached > 0 && reached <= STEP, `${reached} in the first piece`);
  people.send("two", room, "ben");
  people.send("three", room, "anna");
  first!.send("an answer");
  await until(() => people.wires.every(({ frames }) => frames.includes("three")));
  assert.deepEqual(people.wires[0]!.frames, ["one", "two", "three", "an answer"]);
  for (const { frames } of people.wires.slice(1)) assert.deepEqual(frames, ["one", "two", "three"]);
});

Deno.test("[L10] rounds without a pause between them take one step per turn, and leave no frame behind", async () => {
  const lines: string[] = [];
  using fanOut = new FanOut({ log: makeLog((line) => lines.push(line)), now: () => 0 });
  const audience = new Audience(fanOut);
  const [rounds, many] = [6, 3 * STEP];
  let written = 0;
  const recipients: Recipient[] = Array.from({ length: many }, () => ({
    flush() {
      // A step takes longer than a piece.
      for (const until = performance.now() + 0.2; performance.now() < until;);
      written++;
      // The next message is sent in the middle of each round.
      if (written % many === STEP && written < (rounds - 1) * many) send();
    },
  }));
  const send = () => {
    for (const recipient of recipients) audience.add(recipient);
    audience.go("");
  };
  send();
  await until(() => written === rounds * many);
  for (let n = 0; n < 50; n++) await pass(1);
  assert.equal(written, rounds * many);
  assert.deepEqual(lines, []);
});

Deno.test("[L10] answers and the close come after queued broadcasts", () => {
  using fanOut = new FanOut({ log, now: () => 0 });
  const room = new Audience(fanOut);
  using others = openSockets(3 * WRITES.burst);
  others.send("much", room);
  using people = openSockets(2);
  people.send("held back", room);
  assert.deepEqual(people.wires.map(({ frames }) => frames), [[], []]);
  people.sockets[0]!.send("done");
  people.sockets[1]!.close("removed");
  assert.deepEqual(people.wires.map(({ frames }) => frames), [["held back", "done"], [
    "held back",
    "removed",
  ]]);
  assert.equal(people.sockets[1]!.broadcast("to nobody", room), false);
});

Deno.test("the queue of one reader is bounded, and counts as lag", () => {
  using fanOut = new FanOut({ log, now: () => 0 });
  const room = new Audience(fanOut);
  using people = openSockets(1);
  const [wire, socket] = [people.wires[0]!, people.sockets[0]!];
  const frame = "x".repeat(1_000);
  for (let n = 0; n <= HELD_LIMIT / 1_000; n++) assert.equal(socket.broadcast(frame, room), true);
  assert.equal(wire.writes, 1, "written by nobody's turn");
  wire.unsentBytes = LAG_BYTES - 1_500;
  assert.deepEqual([1, 2, 3].map(() => socket.broadcast(frame, room)), [true, true, false]);
});

Deno.test("[J2] the lobby message is built once, from the newest state, when it is written", async () => {
  using fanOut = new FanOut({ log, now: () => 0 });
  const lobby = new Audience(fanOut, 100);
  using strangers = openSockets(300);
  let present = 0;
  let made = 0;
  const frames = new Map<number, string>();
  const make = () => {
    const known = frames.get(present);
    if (known !== undefined) return known;
    made++;
    const frame = JSON.stringify({ present });
    frames.set(present, frame);
    return frame;
  };
  for (present = 1; present <= 50; present++) {
    for (const socket of strangers.sockets) socket.broadcastNewest("lobby", make, lobby);
    lobby.go("");
  }
  present = 50;
  await until(() => strangers.wires.every(({ frames }) => frames.at(-1) === make()));
  assert.ok(made <= 2, `${made} frames were made`);
  assert.ok(strangers.writes() <= 600, `${strangers.writes()} writes`);
});

Deno.test("[Q8] the time for a broadcast is charged to its sender", () => {
  const charged = new Map<string, number>();
  using fanOut = new FanOut({
    log,
    now: () => 0,
    charge: (address, ms) => void charged.set(address, (charged.get(address) ?? 0) + ms),
  });
  const room = new Audience(fanOut);
  using people = openSockets(100);
  people.send("hello", room, "mallory");
  people.send("of the edge's own", room);
  assert.deepEqual([...charged.keys()], ["mallory"]);
  assert.ok(charged.get("mallory")! > 0);
});

Deno.test("an edge that shuts down writes nothing more, and leaves no timer", () => {
  const fanOut = new FanOut({ log, now: () => 0 });
  const room = new Audience(fanOut);
  using people = openSockets(3 * WRITES.burst);
  people.send("one", room);
  people.send("two", room);
  fanOut[Symbol.dispose]();
  people.send("three", room);
});
