import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { Connections, connectionsFor, KEEP_ALIVE_MS } from "./connections.ts";
import { makeLog } from "@tafelrunde/protocol/process/log";
import { makeMetrics } from "./metrics.ts";
import { UNREAD_PER_ADDRESS } from "./rooms/unread.ts";

class FakeSocket extends EventEmitter {
  writableLength = 0;
  bytesWritten = 0;
  destroyed = false;
  readonly remoteAddress: string;
  constructor(remoteAddress: string) {
    super();
    this.remoteAddress = remoteAddress;
  }
  destroy(): void {
    this.destroyed = true;
    this.emit("close");
  }
}

const socketFrom = (address: string) => new FakeSocket(address) as FakeSocket & Socket;

function open(inAll: number, isProxy = (_address: string) => false) {
  let now = 0;
  const connections = new Connections({
    log: makeLog(() => {}),
    shed: makeMetrics().shed,
    inAll,
    isProxy,
    now: () => now,
  });
  return {
    connections,
    pass: (ms: number) => {
      now += ms;
      connections.look();
    },
    [Symbol.dispose]: () => connections[Symbol.dispose](),
  };
}

Deno.test("connections of one address, or one IPv6 /64 network, have a share of all; others find a place", () => {
  using rig = open(100);
  const { connections } = rig;
  for (const spelling of [(n: number) => `2001:db8::${n.toString(16)}`, () => "::ffff:192.0.2.1"]) {
    const sockets = Array.from({ length: 60 }, (_, n) => socketFrom(spelling(n + 1)));
    for (const socket of sockets) connections.add(socket);
    assert.equal(sockets.filter(({ destroyed }) => !destroyed).length, 25);
  }
  const other = socketFrom("198.51.100.7");
  connections.add(other);
  assert.equal(other.destroyed, false);
});

Deno.test("[Q1] IPv6 networks of a home or an office have at most half of the connections, however many /64 networks they use", () => {
  const networks = {
    "a /56": (n: number) => `2001:db8:7:${(0x1200 + n % 256).toString(16)}::1`,
    "a /48": (n: number) => `2001:db8:7:${(n * 977 % 65_536).toString(16)}::1`,
  };
  for (const [name, addressOf] of Object.entries(networks)) {
    using rig = open(200);
    const { connections } = rig;
    const sockets = Array.from({ length: 400 }, (_, n) => socketFrom(addressOf(n)));
    for (const socket of sockets) {
      connections.add(socket);
      connections.began(socket);
    }
    assert.equal(sockets.filter(({ destroyed }) => !destroyed).length, 100, name);
    const others = Array.from({ length: 50 }, (_, n) => socketFrom(`2001:db8:8:${n}::1`));
    for (const socket of [...others, ...others.map((_, n) => socketFrom(`198.51.100.${n}`))]) {
      connections.add(socket);
    }
    assert.ok(others.every(({ destroyed }) => !destroyed), `others beside ${name}`);
    connections.ended(sockets[0]!);
    const next = socketFrom(addressOf(401));
    connections.add(next);
    assert.deepEqual([sockets[0]!.destroyed, next.destroyed], [true, false], "its own who rests makes place");
    for (const socket of [...sockets, ...others, next]) socket.destroy();
  }
});

Deno.test("[Q1] a hundred homes or phones behind one /48 of a provider find places like others", () => {
  using rig = open(200);
  const sockets = Array.from(
    { length: 100 },
    (_, n) => socketFrom(`2001:db8:9:${(n * 256).toString(16)}::1`),
  );
  for (const socket of sockets) {
    rig.connections.add(socket);
    rig.connections.began(socket);
  }
  assert.ok(sockets.every(({ destroyed }) => !destroyed));
});

Deno.test("at the limit, the connection idle for longest is closed; one in use is not", () => {
  using rig = open(16);
  const { connections, pass } = rig;
  const sockets = Array.from({ length: 16 }, (_, n) => {
    const socket = socketFrom(`10.0.0.${n}`);
    connections.add(socket);
    connections.began(socket);
    return socket;
  });
  const refused = socketFrom("10.1.0.1");
  connections.add(refused);
  assert.equal(refused.destroyed, true, "nobody rests");
  connections.ended(sockets[3]!);
  pass(10);
  connections.ended(sockets[5]!);
  connections.add(socketFrom("10.1.0.2"));
  assert.deepEqual(sockets.flatMap(({ destroyed }, n) => destroyed ? [n] : []), [3]);
  assert.equal(connections.size, 16);
});

Deno.test("at an address's limit, its own idle connections are closed; other addresses' stay, and so do those in use", () => {
  using rig = open(100);
  const { connections, pass } = rig;
  const other = socketFrom("198.51.100.7");
  connections.add(other);
  pass(10);
  const own = Array.from({ length: 25 }, () => socketFrom("192.0.2.1"));
  for (const socket of own) {
    connections.add(socket);
    connections.began(socket);
  }
  const refused = socketFrom("192.0.2.1");
  connections.add(refused);
  assert.equal(refused.destroyed, true, "nobody of the address rests");
  connections.ended(own[3]!);
  const next = socketFrom("::ffff:192.0.2.1");
  connections.add(next);
  assert.deepEqual([other.destroyed, next.destroyed], [false, false]);
  assert.deepEqual(own.flatMap(({ destroyed }, n) => destroyed ? [n] : []), [3]);
});

Deno.test("silent, idle or unread connections are closed; a WebSocket has its own timeouts", () => {
  using rig = open(100);
  const { connections, pass } = rig;
  const [silent, resting, stuck, reading, streaming, upgraded, asking] = Array.from({ length: 7 }, (_, n) => {
    const socket = socketFrom(`10.0.0.${n}`);
    connections.add(socket);
    return socket;
  }) as [FakeSocket & Socket, ...(FakeSocket & Socket)[]];
  for (const socket of [resting!, stuck!, reading!, streaming!, asking!]) connections.began(socket);
  connections.ended(resting!);
  connections.upgraded(upgraded!);
  Object.assign(stuck!, { writableLength: 50_000, bytesWritten: 90_000 });
  for (let s = 0; s < 17; s++) {
    Object.assign(reading!, { writableLength: 50_000 - s * 1_000, bytesWritten: 50_000 });
    // A long answer in equal parts: the same number of bytes is unread at each check, but other bytes.
    Object.assign(streaming!, { writableLength: 65_536, bytesWritten: s * 65_536 });
    pass(1_000);
  }
  assert.deepEqual(
    [silent, resting, stuck, reading, streaming, upgraded, asking].map((each) => each!.destroyed),
    [
      true,
      false,
      true,
      false,
      false,
      false,
      false,
    ],
  );
  pass(KEEP_ALIVE_MS);
  assert.equal(resting!.destroyed, true);
  assert.equal(upgraded!.destroyed, false);
});

Deno.test("a client that sends requests without reading the answers is disconnected", () => {
  using rig = open(100);
  const { connections } = rig;
  const [many, large] = [socketFrom("10.0.0.1"), socketFrom("10.0.0.2")];
  connections.add(many);
  assert.deepEqual(Array.from({ length: 6 }, () => connections.began(many)), [
    true,
    true,
    true,
    true,
    false,
    false,
  ]);
  connections.add(large);
  Object.assign(large, { writableLength: 2 ** 21 });
  assert.equal(connections.began(large), false);
  assert.equal(large.destroyed, true);
});

Deno.test("unread bytes of one address are counted when they are written, not only at the next check", () => {
  using rig = open(100);
  const { connections } = rig;
  const sockets = ["10.0.0.1", "10.0.0.1", "10.0.0.1", "10.0.0.2"].map((address) => {
    const socket = socketFrom(address);
    connections.add(socket);
    connections.began(socket);
    Object.assign(socket, { writableLength: UNREAD_PER_ADDRESS * 0.4 });
    connections.wrote(socket);
    return socket;
  });
  assert.deepEqual(sockets.map(({ destroyed }) => destroyed), [true, false, false, false]);
});

Deno.test("a proxy has many clients: its connections count in total, not as one address", () => {
  using rig = open(100, (address) => address === "10.0.0.1");
  const sockets = Array.from({ length: 90 }, () => socketFrom("10.0.0.1"));
  for (const socket of sockets) rig.connections.add(socket);
  assert.ok(sockets.every(({ destroyed }) => !destroyed));
});

Deno.test("the number of connections leaves files for everything else that an edge opens", () => {
  for (const openFiles of [64, 256, 1_024, 20_000]) {
    assert.ok(connectionsFor(openFiles) * 1.1 <= openFiles - Math.min(100, openFiles / 2) + 1);
  }
});

Deno.test("unsent bytes of a connection that became a WebSocket are not counted here anymore", () => {
  using rig = open(16);
  const { connections, pass } = rig;
  const [upgraded, other] = [socketFrom("10.0.0.1"), socketFrom("10.0.0.1")];
  for (const socket of [upgraded, other]) {
    connections.add(socket);
    connections.began(socket);
    socket.writableLength = UNREAD_PER_ADDRESS - 1_000;
  }
  connections.wrote(upgraded);
  connections.upgraded(upgraded);
  // The earlier answer is complete, and read.
  connections.ended(upgraded);
  upgraded.writableLength = 0;
  connections.wrote(other);
  pass(1_000);
  assert.deepEqual([upgraded, other].map(({ destroyed }) => destroyed), [false, false]);
});
