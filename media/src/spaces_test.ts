import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import type { RunningNode } from "./main.ts";
import { startSite, TestRoom, type TestSite } from "./test_cluster.ts";
import { TestEdge, until, untilAsync } from "./test_edge.ts";
import { startTestNode } from "./test_node.ts";
import { makeOffer, newRoomId, TestPerson } from "./test_person.ts";

const X = "x".repeat(16);
const Y = "y".repeat(16);

let running: RunningNode;
let edge: TestEdge;
let roomId: string;
before(async () => {
  running = await startTestNode();
});
beforeEach(async () => {
  roomId = newRoomId();
  edge = await TestEdge.connect(running.port);
});
afterEach(() => edge[Symbol.asyncDispose]());
after(() => running[Symbol.asyncDispose]());

/** The tracks that a node sends, or would send, to a person. */
function sentTo(node: RunningNode, { roomId: id, peerId }: TestPerson): string[] {
  const consumers = node.node.rooms.get(id)?.peers.get(peerId)?.consumers() ?? [];
  return consumers.map(({ trackId }) => trackId as string).sort();
}

/** Four people, each with a microphone and a camera. */
async function enterFour(): Promise<{ people: TestPerson[]; tracks: string[][] }> {
  const people = Array.from({ length: 4 }, () => new TestPerson(edge, roomId));
  const tracks: string[][] = [];
  for (const person of people) {
    await person.open();
    tracks.push([await person.publish("microphone"), await person.publish("camera")]);
  }
  return { people, tracks };
}

test("[G3] a move swaps the tracks of those who move and of those who stay, in one step", async () => {
  const { people, tracks } = await enterFour();
  const [ada, ben, cem, dora] = people as [TestPerson, TestPerson, TestPerson, TestPerson];
  await until("everyone's tracks", () => people.every((one) => sentTo(running, one).length === 6));
  await edge.must("peers.move", { roomId, peerIds: [ada.peerId, ben.peerId], space: X });
  const of = (...numbers: number[]) => numbers.flatMap((n) => tracks[n]!).sort();
  const expected = [of(1), of(0), of(3), of(2)];
  await until(
    "the tracks of each space",
    () => people.every((one, n) => sentTo(running, one).join() === expected[n]!.join()),
  );
  const closed = await edge.notice("consumers.closed", ({ peerId }) => peerId === ada.peerId);
  assert.deepEqual([...closed.trackIds].sort(), of(2, 3));
  await edge.must("peers.move", { roomId, peerIds: [cem.peerId], space: X });
  await cem.move(X);
  await until("Cem's tracks", () => sentTo(running, cem).join() === of(0, 1).join());
  await until("Dora's", () => sentTo(running, dora).length === 0);
});

test("[G3] whatever a client asks, it is sent nothing from another space, and nothing from before a move", async () => {
  const { people: [ada, ben, cem], tracks } = await enterFour();
  const all = tracks.flat().map((trackId): [string, number] => [trackId, 360]);
  await ada!.move(X);
  await ada!.show(...all);
  assert.deepEqual(sentTo(running, ada!), []);
  for (const trackId of tracks[1]!) {
    const refresh = await edge.ask("track.refresh", { ...ada!.ids, trackId });
    assert.deepEqual("refused" in refresh && refresh.refused, "track.unknown");
  }
  await ben!.show(...all);
  assert.deepEqual(sentTo(running, ben!), [...tracks[2]!, ...tracks[3]!].sort());
  await edge.must("peers.move", { roomId, peerIds: [cem!.peerId], space: Y });
  assert.deepEqual(
    sentTo(running, ben!).filter((trackId) => tracks[2]!.includes(trackId)),
    [],
    "within the same request",
  );
  ada!.offer = makeOffer();
  const { consumers } = await ada!.open({ space: X });
  assert.deepEqual(consumers, []);
});

test("[G3] a peer that is opened in a space, or again in another one, gets the tracks of that", async () => {
  const { people: [ada, ben], tracks } = await enterFour();
  await ada!.move(X);
  const newcomer = new TestPerson(edge, roomId);
  const { consumers } = await newcomer.open({ space: X });
  assert.deepEqual(consumers.map(({ trackId }) => trackId as string).sort(), [...tracks[0]!].sort());
  const again = await newcomer.open();
  assert.equal(again.send.id.length, 36);
  await until("the main room", () => sentTo(running, newcomer).length === 6);
  assert.ok(!sentTo(running, newcomer).some((trackId) => tracks[0]!.includes(trackId)));
  await ben!.move(X);
  await until("Ada in Ben's space", () => sentTo(running, ben!).join() === [...tracks[0]!].sort().join());
});

test("[G5] a whisper reaches those it is addressed to, whatever others ask, until it ends", async () => {
  const { people: [ada, ben, cem], tracks } = await enterFour();
  const [microphone] = tracks[0]!;
  await ada!.whisper(microphone!, [ben!]);
  assert.ok(!sentTo(running, cem!).includes(microphone!), "within the same request");
  await cem!.show([microphone!, 0]);
  assert.deepEqual(sentTo(running, cem!), []);
  await until("Ben hears it", () => sentTo(running, ben!).includes(microphone!));
  await ben!.move(X);
  assert.ok(!sentTo(running, ben!).includes(microphone!), "in another space");
  await ada!.whisper(microphone!, null);
  await until("Cem hears it again", () => sentTo(running, cem!).includes(microphone!));
});

test("[G3] [F13] a node reports the space of each peer and the audience of each track", async () => {
  const { people: [ada, ben, cem], tracks } = await enterFour();
  const [microphone] = tracks[0]!;
  const report = async () => {
    const { peers } = await edge.must("peers.report", { after: 0 }) as {
      peers: { peerId: string; space?: string; tracks: { trackId: string; audience?: string[] }[] }[];
    };
    return peers.find(({ peerId }) => peerId === ada!.peerId);
  };
  await ada!.whisper(microphone!, [ben!]);
  await ada!.move(X);
  await ben!.move(X);
  const told = await report();
  assert.equal(told?.space, X);
  assert.deepEqual(told?.tracks.find(({ trackId }) => trackId === microphone)?.audience, [ben!.peerId]);
  assert.deepEqual(sentTo(running, cem!).includes(microphone!), false);
});

test("[G3] an edge that does not control a peer does not move it", async () => {
  const { people: [ada] } = await enterFour();
  await using other = await TestEdge.connect(running.port);
  await other.must("peers.move", { roomId, peerIds: [ada!.peerId], space: X });
  assert.equal(running.node.rooms.get(roomId)?.peers.get(ada!.peerId)?.space, null);
});

/** Two nodes, and a room with four people on each. */
async function startTwo(): Promise<
  AsyncDisposable & { readonly sites: readonly TestSite[]; readonly people: readonly TestPerson[] }
> {
  await using stack = new AsyncDisposableStack();
  const sites = [stack.use(await startSite("one")), stack.use(await startSite("two"))];
  const room = new TestRoom(newRoomId());
  await room.put(...sites);
  const people: TestPerson[] = [];
  for (let n = 0; n < 8; n++) people.push(await room.enter(sites[n % 2]!));
  const owned = stack.move();
  return { sites, people, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

test("[G3] [G5] spaces and whispers hold across nodes: after each of many random changes", async () => {
  await using cluster = await startTwo();
  const { sites, people } = cluster;
  const microphones = await Promise.all(people.map((one) => one.publish("microphone")));
  const places: (string | null)[] = people.map(() => null);
  const audiences: (readonly TestPerson[] | null)[] = people.map(() => null);
  let state = 7;
  const random = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor(state / 2 ** 32 * below);
  };
  const nodeOf = (n: number) => sites[n % 2]!.running;
  const expected = (n: number) =>
    microphones.filter((_, m) => {
      const audience = audiences[m]!;
      return m !== n && places[m] === places[n] && (audience === null || audience.includes(people[n]!));
    }).sort();
  const differing = () =>
    people.flatMap((one, n) => sentTo(nodeOf(n), one).join() === expected(n).join() ? [] : [n]);
  for (let step = 0; step < 120; step++) {
    const n = random(people.length);
    if (random(4) === 0) {
      const to = random(3) === 0 ? null : people.filter((_, m) => m !== n && random(3) === 0);
      audiences[n] = to;
      await people[n]!.whisper(microphones[n]!, to);
    } else {
      const space = [null, X, Y][random(3)]!;
      const moved = people.map((_, m) => m).filter((m) => m === n || random(4) === 0);
      for (const m of moved) places[m] = space;
      for (const [which, site] of sites.entries()) {
        const peerIds = moved.filter((m) => m % 2 === which).map((m) => people[m]!.peerId);
        await site.edge.must("peers.move", { roomId: people[0]!.roomId, peerIds, space });
      }
    }
    await untilAsync(() => `step ${step}: ${differing().join()}`, async () => {
      // Every participant gets everything that is theirs.
      for (const m of differing()) {
        await people[m]!.show(...microphones.map((trackId): [string, number] => [trackId, 0]));
      }
      return differing().length === 0;
    });
  }
});

test("[G3] a node stops sending a track to other nodes when its publisher moves, before they ask again", async () => {
  await using cluster = await startTwo();
  const { sites: [one], people } = cluster;
  const [ada] = people;
  const microphone = await ada!.publish("microphone");
  const room = one!.running.node.rooms.get(ada!.roomId)!;
  await until("the pipe", () => room.pipes.piped === 1);
  await ada!.move(X);
  assert.equal(room.pipes.piped, 0);
  assert.ok(room.tracks.get(microphone) !== undefined);
});
