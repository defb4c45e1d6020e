import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { LOBBY_TTL_MS, ORPHAN_TTL_MS } from "@tafelrunde/protocol/media";
import type { RunningNode } from "./main.ts";
import type { Held } from "./room_router.ts";
import { seeded } from "./test_changes.ts";
import { TestEdge, until, untilAsync } from "./test_edge.ts";
import { startTestNode } from "./test_node.ts";
import { newRoomId, TestPerson } from "./test_person.ts";
import type { MediaWorker } from "./worker_pool.ts";

/**
 * A timeout short enough to wait for, ms. Nothing is required to happen within it: a slow machine takes
 * longer.
 */
const SHORT_MS = 600;

/** Seed of the order of steps. */
const SEED = Number(process.env["SEED"] ?? 1);

/** Ages all peers so that every timeout has passed. */
function letTermsPass({ node }: RunningNode): void {
  for (const peer of node.peers()) {
    Object.assign(peer, { openedAt: peer.openedAt - LOBBY_TTL_MS });
    if (peer.orphanedAt !== undefined) peer.orphanedAt -= ORPHAN_TTL_MS;
  }
}

test("media outlives its edge, and closes if no edge adopts it in time", async () => {
  await using running = await startTestNode({ ORPHAN_TTL_MS: String(SHORT_MS) });
  await using edge = await TestEdge.connect(running.port);
  const ada = new TestPerson(edge, newRoomId());
  await ada.open();
  const lost = performance.now();
  edge.crash();
  await until("the end of the room", () => running.node.rooms.size === 0);
  assert.ok(performance.now() - lost >= SHORT_MS);
});

test("another edge adopts a peer and receives all its consumers, and the first no longer controls it", async () => {
  await using running = await startTestNode();
  await using first = await TestEdge.connect(running.port);
  await using second = await TestEdge.connect(running.port);
  const roomId = newRoomId();
  const [ada, ben] = [new TestPerson(first, roomId), new TestPerson(second, roomId)];
  const forgotten = new TestPerson(first, newRoomId());
  await forgotten.open();
  await ben.open();
  const { recv } = await ada.open();
  const trackId = await ben.publish("camera");
  const { consumers } = await first.notice("consumers.opened");
  await second.must("peer.adopt", { ...ada.ids, sendId: null, live: true });
  assert.deepEqual((await second.notice("consumers.opened")).consumers, consumers);
  await first.must("peer.close", ada.ids);
  first.crash();
  await until(
    "the loss of the first edge",
    () => running.node.peers().some(({ orphanedAt }) => orphanedAt !== undefined),
  );
  letTermsPass(running);
  await until("the end of who was not adopted", () => running.node.peers().length === 2);
  ada.edge = second;
  assert.equal((await ada.open()).recv.id, recv.id, "the peer lives on");
  await second.must("track.close", { ...ben.ids, trackId });
  assert.equal((await second.notice("consumers.closed")).peerId, ada.peerId);
});

test("[N2] a peer released by its edge closes, unless another edge has adopted it", async () => {
  await using running = await startTestNode();
  await using first = await TestEdge.connect(running.port);
  await using second = await TestEdge.connect(running.port);
  const roomId = newRoomId();
  const [ada, ben, cem] = [1, 2, 3].map(() => new TestPerson(first, roomId)) as [
    TestPerson,
    TestPerson,
    TestPerson,
  ];
  for (const person of [ada, ben, cem]) await person.open();
  await second.must("peer.adopt", { ...ada.ids, sendId: null, live: true });
  for (const person of [ada, ben, cem]) await first.must("peer.release", person.ids);
  await second.must("peer.adopt", { ...ben.ids, sendId: null, live: true });
  letTermsPass(running);
  await until("the end of one", () => running.node.peers().length < 3);
  const left = running.node.peers();
  assert.deepEqual(left.map(({ id }) => id), [ada.peerId, ben.peerId]);
  assert.ok(left.every(({ edgeId, orphanedAt }) => edgeId === second.edgeId && orphanedAt === undefined));
});

test("an edge that reconnects finds its peers, and receives what it missed", async () => {
  await using running = await startTestNode();
  await using first = await TestEdge.connect(running.port);
  await using other = await TestEdge.connect(running.port);
  const roomId = newRoomId();
  const [ada, ben] = [new TestPerson(first, roomId), new TestPerson(other, roomId)];
  await ada.open();
  await ben.open();
  first.crash();
  await until("the loss", () => running.node.peers().some(({ orphanedAt }) => orphanedAt !== undefined));
  const trackId = await ben.publish("microphone");
  await until("something missed", () => running.node.peers().some(({ missed }) => missed));
  await using again = await TestEdge.connect(running.port, { edgeId: first.edgeId });
  assert.equal((await again.notice("consumers.opened")).consumers[0]!.trackId, trackId);
  assert.ok(running.node.peers().every(({ orphanedAt }) => orphanedAt === undefined));
});

test("a peer that waits in the lobby for too long is closed", async () => {
  await using running = await startTestNode();
  await using edge = await TestEdge.connect(running.port);
  const roomId = newRoomId();
  const [ada, ben] = [new TestPerson(edge, roomId), new TestPerson(edge, roomId)];
  await ada.open({ live: false });
  await ben.open({ live: false });
  await edge.must("peer.start", ben.ids);
  letTermsPass(running);
  assert.equal((await edge.notice("peer.closed")).peerId, ada.peerId);
  assert.deepEqual(running.node.peers().map(({ id }) => id), [ben.peerId]);
});

test("a dying worker closes its own rooms and nothing else", async () => {
  await using running = await startTestNode({ WORKERS: "2" });
  await using edge = await TestEdge.connect(running.port);
  const [ada, ben] = [new TestPerson(edge, newRoomId()), new TestPerson(edge, newRoomId())];
  await ada.open();
  await ben.open();
  const workerOf = ({ roomId }: TestPerson) => running.node.rooms.get(roomId)!.pipes.routers[0]!.worker;
  const hit = workerOf(ada);
  assert.notEqual(hit, workerOf(ben), "rooms are spread over the workers");
  process.kill(hit.pid, "SIGKILL");
  assert.equal((await edge.notice("peer.closed")).peerId, ada.peerId);
  assert.deepEqual(running.node.peers().map(({ id }) => id), [ben.peerId]);
  await ben.publish("camera");
  await ada.open();
  await until("a new worker", () => running.pool.workers.length === 2);
});

test(`nothing is left over after any order of steps (seed ${SEED})`, async () => {
  const below = seeded(SEED);
  await using running = await startTestNode();
  await using edge = await TestEdge.connect(running.port);
  const roomId = newRoomId();
  const keeper = new TestPerson(edge, roomId);
  await keeper.open();
  await keeper.show();
  const people = new Map<TestPerson, { live: boolean; tracks: Set<string>; view: Set<string> }>();
  const pick = <T>(from: Iterable<T>): T | undefined => {
    const all = [...from];
    return all[below(Math.max(1, all.length))];
  };
  const steps: (() => Promise<unknown>)[] = [
    async () => {
      if (people.size >= 6) return;
      const person = new TestPerson(edge, roomId);
      const live = below(2) === 0;
      people.set(person, { live, tracks: new Set(), view: new Set() });
      await Promise.all([person.open({ live }), person.show()]);
    },
    async () => {
      const person = pick(people.keys());
      if (person === undefined) return;
      people.get(person)!.live = true;
      await edge.must("peer.start", person.ids);
    },
    async () => {
      const [person, state] = pick(people) ?? [];
      if (!state?.live || state.tracks.size >= 4) return;
      const trackId = randomUUID();
      state.tracks.add(trackId);
      await person!.publish(pick(["microphone", "camera", "screen"] as const)!, { trackId });
    },
    async () => {
      const [person, state] = pick(people) ?? [];
      if (person === undefined) return;
      const all = [...people.values()].flatMap(({ tracks }) => [...tracks]);
      state!.view = new Set(all.filter(() => below(2) === 0));
      await person.show(...[...state!.view].map((id): [string, number] => [id, below(3) * 360]));
    },
    async () => {
      const [person, state] = pick(people) ?? [];
      const trackId = pick(state?.tracks ?? []);
      if (trackId === undefined) return;
      state!.tracks.delete(trackId);
      await edge.must("track.close", { ...person!.ids, trackId });
    },
    async () => {
      const person = below(3) === 0 ? pick(people.keys()) : undefined;
      if (person === undefined) return;
      people.delete(person);
      await edge.must("peer.close", person.ids);
    },
  ];
  const underWay: Promise<unknown>[] = [];
  for (let count = 0; count < 200; count++) {
    const step = steps[below(steps.length)]!();
    underWay.push(step);
    if (below(3) === 0) await step;
  }
  await Promise.all(underWay);

  const expected = { transports: 2 + people.size * 2, producers: 0, consumers: 0 };
  for (const [person, { tracks }] of people) {
    expected.producers += tracks.size;
    for (const [viewer, { view }] of people) {
      if (viewer !== person) expected.consumers += [...tracks].filter((id) => view.has(id)).length;
    }
  }
  const room = running.node.rooms.get(roomId)!;
  // Consumers are created after the response to the publisher.
  const holds = async (expected: Held) => {
    let last: Held | undefined;
    await untilAsync(() => `${JSON.stringify(expected)} instead of ${JSON.stringify(last)}`, async () => {
      last = await room.count();
      return isDeepStrictEqual(last, expected);
    });
  };
  await holds(expected);
  for (const person of people.keys()) await edge.must("peer.close", person.ids);
  await holds({ transports: 2, producers: 0, consumers: 0 });
  const [{ peers, consumers }] = running.pool.workers as [MediaWorker];
  assert.deepEqual({ peers, consumers }, { peers: 1, consumers: 0 });
});
