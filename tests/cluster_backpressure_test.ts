import assert from "node:assert/strict";
import { CLOSE, type Event, isEvent, type ParticipantId } from "@tafelrunde/protocol";
import { quantile } from "../bench/statistics.ts";
import type { Bus } from "../edge/bus/bus.ts";
import { makeNatsBus } from "../edge/bus/nats.ts";
import { SOCKETS_PER_ADDRESS } from "../edge/limits.ts";
import { makeLog } from "@tafelrunde/protocol/process/log";
import { LAG_LIMIT_MS } from "../edge/rooms/socket.ts";
import { appendEvents, readHeads } from "../edge/store/room_log.ts";
import type { Db } from "../edge/store/schema.ts";
import { startBackbone } from "./cluster_rig.ts";
import { EdgeProcess } from "./edge_process.ts";
import { startTestEdge } from "./edge_rig.ts";
import { createRoom, SignalClient } from "./signal_client.ts";

const MIB = 1024 * 1024;

/**
 * How much longer other clients can wait for a pong than at an idle edge, at the same time on the same
 * machine, median, ms.
 */
const HARM_MS = 100;

/** Step of an edge's clock that runs at twice the speed, ms. */
const CLOCK_STEP_MS = 2_000;

/**
 * Messages of 4,000 characters; as many as the system's buffers between two sockets cannot hold when the
 * reader has read little before.
 */
const FLOOD = { textLength: 4_000, batch: 25, deaf: 13_000, overflowing: 4_500 };

Deno.test("[E5] a client that reads nothing while 50 MB are sent to it: bounded memory, and no other client is harmed", async () => {
  await using backbone = await startBackbone("nats");
  await using edge = await EdgeProcess.start(backbone.env);
  await using bus = await makeNatsBus([backbone.env.NATS_URL!], makeLog(() => {}));
  const room = await createRoom(edge.origin);
  const deaf = await new SignalClient(room).join(edge.origin, "Deaf");
  await using watch = await Watch.start(backbone.env, edge);
  await watch.warmUp();
  const before = edge.residentBytes();

  deaf.setReading(false);
  const floodAndWatch = async () => {
    let most = 0;
    const flooding = flood(backbone.store.db, bus, deaf, FLOOD.deaf);
    await Promise.all([
      flooding,
      whilePending(flooding, async () => {
        await watch.ping(5);
        most = Math.max(most, edge.residentBytes());
      }),
    ]);
    return most / MIB;
  };
  const once = await floodAndWatch();
  const twice = await floodAndWatch();
  console.log(
    `twice ${
      Math.round(FLOOD.deaf * FLOOD.textLength / MIB)
    } MiB for a reader who does not read: the edge grew from ` +
      `${[before / MIB, once, twice].map(Math.round).join(" to ")} MiB; ${watch}`,
  );
  // The room keeps 4 MiB of messages and as much of frames; the rest is garbage that V8 collects late.
  assert.ok(once - before / MIB < 300, "the first time");
  assert.ok(twice - once < 75, "what was not kept the first time is not kept the second time");
  watch.check();

  deaf.setReading(true);
  const { db } = backbone.store;
  const last = (await readHeads(db, [room.room])).get(room.room)!.seq;
  // On a slow machine the flood takes longer than a client is allowed to lag.
  await deaf.until(() => deaf.state.seq >= last || deaf.closed !== undefined);
  if (deaf.closed !== undefined) await deaf.enter(edge.origin);
  await deaf.ask({ type: "chat.post", text: "I am back" });
  await deaf.until(() => deaf.state.seq > last);
  assert.equal(deaf.state.chat.at(-1)?.text, "I am back");
  const read = deaf.events.length;
  assert.ok(read < FLOOD.deaf, `${read} of ${2 * FLOOD.deaf} events came all the same`);
  await deaf.close();
});

Deno.test("[E5] a slow reader", async (t) => {
  await using backbone = await startBackbone("nats");
  await using bus = await makeNatsBus([backbone.env.NATS_URL!], makeLog(() => {}));
  // The edge's clock stands still until it is advanced: the duration of the flood does not matter.
  let now = Date.now();
  await using edge = await startTestEdge({ env: backbone.env, now: () => now });
  const room = await createRoom(edge.origin);
  const slow = await new SignalClient(room).join(edge.origin, "Slow");
  const you = Object.keys(slow.state.participants)[0] as ParticipantId;
  const ben = await new SignalClient(room).join(edge.origin, "Ben");
  await slow.until(() => slow.state.seq === ben.state.seq);
  const floodUnread = async () => {
    slow.setReading(false);
    const last = ben.state.seq + FLOOD.overflowing;
    await flood(backbone.store.db, bus, ben, FLOOD.overflowing);
    await ben.until(() => ben.state.seq >= last, 60_000);
  };

  await t.step("gets what fitted and a snapshot in place of the rest when it reads again", async () => {
    await floodUnread();
    const seen = slow.received.length;
    slow.setReading(true);
    await slow.next("snapshot", seen);
    await slow.until(() => slow.state.seq === ben.state.seq);
    assert.deepEqual(slow.state, ben.state);
    const read = slow.received.slice(seen).filter(isEvent).length;
    assert.ok(read < FLOOD.overflowing, `all ${read} events came`);
    assert.equal((await slow.ask({ type: "chat.post", text: "I am back" })).type, "chat.posted");
  });

  await t.step("is closed after 15 s with a code that asks it to come back, and it can", async () => {
    // A fast reader has got a large buffer from the system (tcp_rmem: 32 MB at most on newer Linux): a new
    // connection starts small.
    slow.cut();
    await slow.enter(edge.origin);
    await ben.until(() => ben.state.participants[you]?.presence === "here");
    await floodUnread();
    // In small steps, and with pings: an edge whose clock jumps restarts its wait, and a silent client would
    // be closed for its silence.
    const passing = setInterval(() => {
      now += CLOCK_STEP_MS;
      slow.send({ type: "ping", n: 1 });
    }, CLOCK_STEP_MS / 2);
    try {
      await ben.until(() => ben.state.participants[you]?.presence === "away", 4 * LAG_LIMIT_MS);
    } finally {
      clearInterval(passing);
    }
    slow.setReading(true);
    await slow.until(() => slow.closed !== undefined);
    assert.equal(slow.closed!.code, CLOSE.slowReader.code);
    await slow.enter(edge.origin);
    await slow.until(() => slow.state.seq === ben.state.seq);
    assert.deepEqual(slow.state, ben.state);
  });
  await Promise.all([slow.close(), ben.close()]);
});

Deno.test("[M4] a client that sends byte by byte harms no other; one that announces too much is closed before it arrives", async () => {
  await using backbone = await startBackbone("postgres");
  await using edge = await EdgeProcess.start(backbone.env);
  await using watch = await Watch.start(backbone.env, edge);
  await watch.warmUp();
  const before = edge.residentBytes();
  const slow = await Promise.all(Array.from({ length: 50 }, () => openRaw(edge.port)));
  // One masked text frame of 60,000 bytes. Source: RFC 6455 §5.2.
  const frame = new Uint8Array(8 + 60_000).fill(32);
  frame.set([0x81, 0x80 | 126, 60_000 >> 8, 60_000 & 0xff, 0, 0, 0, 0]);
  for (let at = 0; at < 60; at++) {
    await Promise.all(slow.map((connection) => connection.write(frame.subarray(at, at + 1))));
    await watch.ping(1);
  }
  const grownMib = (edge.residentBytes() - before) / MIB;
  console.log(`50 who send byte by byte: ${grownMib.toFixed(0)} MiB; ${watch}`);
  watch.check();
  assert.ok(grownMib < 50, `${grownMib} MiB`);

  const greedy = await openRaw(edge.port);
  await greedy.write(new Uint8Array([0x81, 0x80 | 127, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0]));
  // FIN and close, two bytes, 1009. Source: RFC 6455 §5.5.1.
  assert.deepEqual([...await readSome(greedy, 4)], [
    0x88,
    2,
    CLOSE.tooBig.code >> 8,
    CLOSE.tooBig.code & 0xff,
  ]);
  for (const connection of [...slow, greedy]) connection.close();
});

Deno.test("[X2] 2,000 sockets from one address: those beyond 1,000 are refused by name, others are not harmed", async () => {
  await using backbone = await startBackbone("postgres");
  await using edge = await EdgeProcess.start({ ...backbone.env, TRUSTED_PROXIES: "1" });
  await using watch = await Watch.start(backbone.env, edge);
  const before = edge.residentBytes();
  const clients: SignalClient[] = [];
  for (let n = 0; n < 2_000; n += 50) {
    const some = Array.from({ length: 50 }, () => new SignalClient(watch.room, { address: "198.51.100.7" }));
    // A refused client is closed instead of welcomed.
    await Promise.allSettled(some.map((client) => client.enter(edge.origin)));
    clients.push(...some);
    await watch.ping(1);
  }
  const isRefused = ({ closed }: SignalClient) => closed?.code === CLOSE.addressFull.code;
  assert.equal(clients.filter(isRefused).length, clients.length - SOCKETS_PER_ADDRESS);
  assert.match(clients.find(isRefused)!.closed!.reason, /^addressFull/);
  const grownMib = (edge.residentBytes() - before) / MIB;
  console.log(`2,000 sockets from one address: ${grownMib.toFixed(0)} MiB; ${watch}`);
  assert.ok(grownMib < 200, `${grownMib} MiB`);
  watch.check();
  const other = new SignalClient(watch.room, { address: "198.51.100.8" });
  await other.join(edge.origin, "From elsewhere");
  for (const client of clients) client.cut();
  await other.close();
});

/** Two calm participants: one at the attacked edge, one at an idle edge of the same cluster. */
class Watch implements AsyncDisposable {
  readonly #quiet: EdgeProcess;
  readonly #clients: readonly SignalClient[];
  /** How long each waited for pongs, ms. */
  readonly #waits: readonly number[][] = [[], []];

  private constructor(quiet: EdgeProcess, clients: readonly SignalClient[]) {
    this.#quiet = quiet;
    this.#clients = clients;
  }

  static async start(env: Readonly<Record<string, string>>, harassed: EdgeProcess): Promise<Watch> {
    const quiet = await EdgeProcess.start(env);
    const clients = [harassed, quiet].map(async ({ origin }) =>
      await new SignalClient(await createRoom(origin)).join(origin, "Calm")
    );
    return new Watch(quiet, await Promise.all(clients));
  }

  /** The room of the participant at the attacked edge. */
  get room(): SignalClient["room"] {
    return this.#clients[0]!.room;
  }

  /** Lets each ping `count` times, in turns: other load on the machine affects both. */
  async ping(count: number): Promise<void> {
    for (let n = 0; n < count; n++) {
      for (const [who, client] of this.#clients.entries()) {
        const begunAt = performance.now();
        await client.ping();
        assert.equal(client.closed, undefined);
        this.#waits[who]!.push(performance.now() - begunAt);
      }
      // Below the 25 messages a second that a socket can send.
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
  }

  /** The same, discarding the results: the edge has compiled its code by then. */
  async warmUp(): Promise<void> {
    await this.ping(50);
    for (const waits of this.#waits) waits.length = 0;
  }

  /** Fails if the participant at the attacked edge waited longer. */
  check(): void {
    const [harassed, quiet] = this.#middles;
    assert.ok(harassed! < quiet! + HARM_MS, String(this));
  }

  toString(): string {
    const [harassed, quiet] = this.#middles.map((ms) => ms.toFixed(1));
    return `another's pong in the middle after ${harassed} ms, at another edge after ${quiet} ms`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.cut();
    await this.#quiet[Symbol.asyncDispose]();
  }

  get #middles(): number[] {
    return this.#waits.map((waits) => quantile(waits, 0.5));
  }
}

/** Calls `work` repeatedly until `promise` is settled. */
async function whilePending(promise: Promise<unknown>, work: () => Promise<void>): Promise<void> {
  let isSettled = false;
  const settle = () => isSettled = true;
  promise.then(settle, settle);
  while (!isSettled) await work();
}

/**
 * Writes messages of `client` into its room's log as another edge would, and publishes each batch on the bus.
 */
async function flood(
  db: Db,
  bus: Bus,
  { room: { room }, state }: SignalClient,
  count: number,
): Promise<void> {
  const text = "x".repeat(FLOOD.textLength);
  const participantId = Object.keys(state.participants)[0] as ParticipantId;
  let { seq } = state;
  for (let written = 0; written < count;) {
    const events = Array.from({ length: FLOOD.batch }, (_, n): Event => ({
      type: "chat.posted",
      participantId,
      name: "Someone",
      text,
      seq: seq + 1 + n,
      at: Date.now(),
      actor: participantId,
      cause: null,
    }));
    if (await appendEvents(db, room, events) === "stored") {
      written += events.length;
      seq += events.length;
      bus.publish(room, { seq, events });
    } else seq = (await readHeads(db, [room])).get(room)!.seq;
  }
}

/** A WebSocket after its handshake, as bare TCP. */
async function openRaw(port: number): Promise<Deno.TcpConn> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const lines = [
    "GET /v1/signal HTTP/1.1",
    `Host: 127.0.0.1:${port}`,
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  ];
  await connection.write(new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`));
  let head = "";
  while (!head.includes("\r\n\r\n")) head += new TextDecoder().decode(await readSome(connection, 1));
  assert.match(head, /^HTTP\/1\.1 101 /);
  return connection;
}

async function readSome(connection: Deno.TcpConn, count: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(count);
  let at = 0;
  while (at < count) {
    const read = await connection.read(bytes.subarray(at));
    if (read === null) break;
    at += read;
  }
  return bytes.subarray(0, at);
}
