import assert from "node:assert/strict";
import type { EdgeId, NodeId, RoomId } from "@tafelrunde/protocol";
import { ANYWHERE, type NodeAddress, type Placement, type Residency } from "@tafelrunde/protocol/media";
import { makeLog } from "@tafelrunde/protocol/process/log";
import type { RoomPlaces } from "../store/placement.ts";
import type { FleetNode } from "./fleet_node.ts";
import { Placements } from "./placements.ts";
import { RoomHome } from "./room_home.ts";

const ROOM = "aaaa-bbbb-cccc" as RoomId;
const FRA = "fra" as NodeId;
const HERE = "here" as EdgeId;
const THERE = "there" as EdgeId;
const IN_GERMANY: Residency = { regions: null, jurisdictions: ["de"] as Residency["jurisdictions"] };

const addressOf = (nodeId: NodeId) => ({ nodeId } as NodeAddress);

/** A room that is on one node, with `peers` peers. */
const placesOf = (version: number, residency = ANYWHERE, peers = 1): RoomPlaces => ({
  version,
  residency,
  nodes: new Map([[FRA, { address: addressOf(FRA), peersByEdge: new Map([[THERE, peers]]) }]]),
});

/** Placements over a store whose answers the test controls. */
function setUp() {
  const reads: PromiseWithResolvers<RoomPlaces | undefined>[] = [];
  const notes: { readonly what: string; readonly done: () => void }[] = [];
  const told: Placement[] = [];
  const note = async (what: string) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    notes.push({ what, done: resolve });
    await promise;
  };
  const node = {
    nodeId: FRA,
    isUp: true,
    connection: {
      profile: { address: addressOf(FRA) },
      ask: ({ placement }: { placement: Placement }) => Promise.resolve({ ok: void told.push(placement) }),
    },
  } as unknown as FleetNode;
  const store = {
    async readPlaces() {
      const read = Promise.withResolvers<RoomPlaces | undefined>();
      reads.push(read);
      const places = await read.promise;
      return new Map(places && [[ROOM, places]]);
    },
    claimPlace: async (_: RoomId, { nodeId }: { nodeId: NodeId }) => {
      await note(`claim ${nodeId}`);
      return true;
    },
    releasePlace: (_: RoomId, nodeId: NodeId) => note(`release ${nodeId}`),
    countPeers: () => Promise.resolve(),
  };
  const placements = new Placements(store, HERE, makeLog(() => {}), () => node);
  return { placements, room: new RoomHome(ROOM), node, reads, notes, told };
}

/** Lets everything run that waits for nothing else. */
const settle = () => new Promise((resolve) => setTimeout(resolve));

Deno.test("[F6] whichever of two reads finishes first, the newer rules apply, and nodes get no older ones", async () => {
  for (const order of [[0, 1], [1, 0]] as const) {
    const { placements, room, reads, told } = setUp();
    const began = [placements.refresh([room]), placements.refresh([room])];
    const answers = [placesOf(1), placesOf(2, IN_GERMANY)];
    for (const n of order) {
      reads[n]!.resolve(answers[n]);
      await began[n];
    }
    assert.deepEqual(room.residency, IN_GERMANY, `${order}`);
    assert.deepEqual(told.at(-1), { version: 2, nodes: [addressOf(FRA)], residency: IN_GERMANY });
  }
});

Deno.test("[F2] a read that started later but found an older version changes nothing", async () => {
  const { placements, room, reads } = setUp();
  const began = [placements.refresh([room]), placements.refresh([room])];
  reads[0]!.resolve(placesOf(2, IN_GERMANY));
  await began[0];
  reads[1]!.resolve(placesOf(1));
  await began[1];
  assert.deepEqual(room.residency, IN_GERMANY);
});

Deno.test("of two reads of one version, the one that started later counts", async () => {
  for (const order of [[0, 1], [1, 0]] as const) {
    const { placements, room, reads } = setUp();
    const began = [placements.refresh([room]), placements.refresh([room])];
    const answers = [placesOf(1, ANYWHERE, 3), placesOf(1, ANYWHERE, 7)];
    for (const n of order) {
      reads[n]!.resolve(answers[n]);
      await began[n];
    }
    assert.equal(room.countPeers(FRA, HERE), 7, `${order}`);
  }
});

Deno.test("a read that started before a node was lost does not bring the room back to it", async () => {
  const { placements, room, node, reads, notes } = setUp();
  const first = placements.refresh([room]);
  reads[0]!.resolve(placesOf(1));
  await first;
  const second = placements.refresh([room]);
  placements.lost(node, [room]);
  reads[1]!.resolve(placesOf(1));
  await second;
  assert.deepEqual(placements.nodesOf(room), []);
  await settle();
  assert.deepEqual(notes.map(({ what }) => what), ["release fra"]);
});

Deno.test("[F6] placements are renewed by a read that starts after the call, and many callers share one", async () => {
  const { placements, room, reads } = setUp();
  const early = placements.renew(room);
  assert.equal(reads.length, 1);
  const late = Array.from({ length: 50 }, () => placements.renew(room));
  reads[0]!.resolve(placesOf(1));
  await early;
  assert.deepEqual(room.residency, ANYWHERE);
  await settle();
  assert.equal(reads.length, 2);
  reads[1]!.resolve(placesOf(2, IN_GERMANY));
  await Promise.all(late);
  assert.deepEqual(room.residency, IN_GERMANY);
  assert.equal(reads.length, 2);
  const last = placements.renew(room);
  reads[2]!.reject(new Error("the database is away"));
  await last;
  assert.deepEqual(room.residency, IN_GERMANY, "what was known counts on");
});

Deno.test("a place that is claimed while it is being released is recorded after that", async () => {
  const { placements, room, node, reads, notes } = setUp();
  const answerReads = () => {
    for (const read of reads) read.resolve(placesOf(1));
  };
  placements.claim(room, node);
  await settle();
  notes[0]!.done();
  await settle();
  answerReads();
  const [begin, end] = [1_000_000, 1_030_000];
  for (const now of [begin, end]) {
    void placements.tend([room], now);
    await settle();
    answerReads();
    await settle();
  }
  placements.claim(room, node);
  await settle();
  assert.deepEqual(notes.map(({ what }) => what), ["claim fra", "release fra"]);
  notes[1]!.done();
  await settle();
  assert.deepEqual(notes.map(({ what }) => what), ["claim fra", "release fra", "claim fra"]);
  notes[2]!.done();
  await settle();
  answerReads();
});
