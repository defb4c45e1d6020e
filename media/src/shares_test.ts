import assert from "node:assert/strict";
import { test } from "node:test";
import { Shares, SILENT_PART_OF_ONE, type Use } from "./shares.ts";
import { newId, TestEdge, until } from "./test_edge.ts";
import { startTestNode } from "./test_node.ts";
import { newRoomId, TestPerson } from "./test_person.ts";
import { RtpSource } from "./test_rtp.ts";

const use = (roomId: string, origin: string, weight: number, isOfTenant = false): Use => ({
  roomId,
  origin,
  isOfTenant,
  weight,
});

/** Whether this sharer can have more of a node with a capacity of 100, beside `uses`. */
function mayGrow(uses: Use[], roomId: string, origin: string, isOfTenant = false): boolean {
  return new Shares(100, () => uses).mayGrow({ roomId, origin, isOfTenant });
}

test("an idle node accepts everyone, a busy one only those below their share", () => {
  assert.ok(mayGrow([use("a", "1", 74)], "a", "1"));
  assert.ok(!mayGrow([use("a", "1", 75)], "a", "1"), "a room that has most of it");
  assert.ok(
    !mayGrow([use("a", "1", 30), use("b", "1", 30), use("c", "2", 20)], "d", "1"),
    "many rooms of one network",
  );
  assert.ok(mayGrow([use("a", "1", 75)], "b", "2"), "the others");
});

test("a part of the node is reserved for tenants' rooms", () => {
  const strangers = Array.from({ length: 9 }, (_, n) => use(`${n}`, `${n}`, 10));
  assert.ok(!mayGrow(strangers, "x", "x"));
  assert.ok(mayGrow(strangers, "x", "x", true));
});

test("slots for tracks without packets are freed, and no room or network can take them all", () => {
  const shares = new Shares(10_000, () => []);
  const wished = Array.from(
    { length: 10_000 },
    () => shares.holdSilent({ roomId: "a", origin: "1", isOfTenant: false }),
  );
  const held = wished.filter((release) => release !== undefined);
  assert.equal(held.length, 10_000 * SILENT_PART_OF_ONE);
  assert.equal(shares.silent, held.length);
  assert.ok(shares.holdSilent({ roomId: "b", origin: "2", isOfTenant: false }));
  for (const release of [...held, ...held]) release();
  assert.equal(shares.silent, 1);
});

/** The attack in the list of faults: 26 sockets of one address, four tracks each, not a packet. */
const SOCKETS = 26;
const TRACKS = 4;

test("26 silent participants of one network cost a few consumers; others can join and are seen", async () => {
  await using running = await startTestNode();
  await using edge = await TestEdge.connect(running.port);
  const roomId = newRoomId();
  const origin = newId(26);
  const published: string[] = [];
  for (let n = 0; n < SOCKETS; n++) {
    const person = new TestPerson(edge, roomId);
    person.origin = origin;
    await person.open({ videos: 9 });
    for (let track = 0; track < TRACKS; track++) published.push(await person.publish("camera"));
  }
  for (const { peerId } of running.node.peers().map(({ id }) => ({ peerId: id }))) {
    const tracks = published.slice(0, 100).map((trackId) => ({
      trackId,
      width: 100,
      height: 100,
      priority: 1,
    }));
    await edge.must("view.set", { roomId, peerId, tracks });
  }
  const { peers, consumers } = await running.node.rooms.get(roomId)!.count()
    .then(({ consumers }) => ({ peers: running.node.peers().length, consumers }));
  assert.equal(peers, SOCKETS);
  assert.ok(consumers <= 125, `${consumers} consumers`);
  assert.equal(running.node.silent, consumers);
  const load = await edge.notice("load", ({ producers }) => producers === SOCKETS * TRACKS);
  assert.equal(load.state, "up");

  const [ada, ben] = [1, 2].map(() => new TestPerson(edge, newRoomId())) as [TestPerson, TestPerson];
  await ada.open();
  ben.placement = ada.placement;
  await ben.open();
  await ben.publish("microphone");
});

test("a withheld track is sent with its first packet, and its slot is freed", async () => {
  await using running = await startTestNode({ WORKER_CONSUMERS: "400" });
  await using edge = await TestEdge.connect(running.port);
  const roomId = newRoomId();
  const people = Array.from({ length: 12 }, () => new TestPerson(edge, roomId));
  for (const person of people) {
    await person.open({ videos: 9 });
    await person.publish("microphone");
  }
  assert.equal(running.node.silent, 100, "twelve times eleven would be more");
  const room = running.node.rooms.get(roomId)!;
  const last = people.at(-1)!;
  await using source = await RtpSource.publish(room, last);
  assert.ok(
    !room.peers.get(people[0]!.peerId)!.consumers().some(({ trackId }) => trackId === source.trackId),
  );
  const sending = setInterval(() => source.send(), 20);
  try {
    await until(
      "the picture at everyone else",
      () =>
        people.slice(0, -1).every(({ peerId }) =>
          room.peers.get(peerId)!.consumers().some(({ trackId }) => trackId === source.trackId)
        ),
    );
  } finally {
    clearInterval(sending);
  }
  assert.equal(running.node.silent, 100);
});
