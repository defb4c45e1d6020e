import assert from "node:assert/strict";
import type { Db } from "../edge/store/schema.ts";
import type { DownOf, JsonObject, NodeId, PeerAnswer, PeerOffer, RttByNode } from "@tafelrunde/protocol";
import { type Jurisdiction, registrationProof } from "@tafelrunde/protocol/media";
import { ROUTER_RTP_CAPABILITIES } from "@tafelrunde/protocol/router_capabilities";
import { boundRoom, readPlaces } from "../edge/store/placement.ts";
import { type Backbone, startBackbone } from "./cluster_rig.ts";
import { CLUSTER_KEY, startTestEdge, type TestEdge } from "./edge_rig.ts";
import { type MediaProcess, startMediaProcess } from "./media_process.ts";
import { createRoom, SignalClient } from "./signal_client.ts";

/** Round trips of nodes from one another, and from the participant, in these tests, ms. */
const NEAR = 10;
const FAR = 40;

/** Number of times that an edge kept a room from a node. */
const OUTSIDE = "tafelrunde_edge_outside_total";

const fingerprint = (byte: string) =>
  Array.from({ length: 32 }, () => byte).join(":") as PeerOffer["sendFingerprint"];

/** An offer of a client that will never connect; a node creates its transports all the same. */
const OFFER: PeerOffer = {
  capabilities: ROUTER_RTP_CAPABILITIES as unknown as JsonObject,
  sendFingerprint: fingerprint("AB"),
  recvFingerprint: fingerprint("CD"),
};

const node = (nodeId: string, jurisdiction = "de") =>
  startMediaProcess({ NODE_ID: nodeId, REGION: nodeId, JURISDICTION: jurisdiction });

const rtts = (byNode: Record<string, number>) => byNode as RttByNode;

/** A participant in the room, with media on the node nearest to them. */
async function join(
  client: SignalClient,
  edge: TestEdge,
  name: string,
  rttByNode: Record<string, number>,
): Promise<PeerAnswer> {
  const { peer } = await client.enter(edge.origin, { peer: OFFER, rttByNode: rtts(rttByNode) });
  assert.ok(typeof peer === "object" && peer !== null, "a node takes them");
  await client.ask({ type: "participant.join", name });
  await client.until(() => client.state.seq > 0);
  return peer;
}

/** Messages to a client that mean a leave, a rejoin, or a lost track. */
const stirs = ({ received }: SignalClient) =>
  received.filter(({ type }) => /^participant\.(away|left|returned)$|^track\.unpublished$/.test(type));

/**
 * Silence after which a node counts as lost here, ms: that of a suspended one, and more than a busy machine
 * causes.
 */
const NODE_SILENCE_MS = 10_000;

async function makeCluster(
  ...nodes: MediaProcess[]
): Promise<AsyncDisposable & { backbone: Backbone; edges: TestEdge[] }> {
  await using stack = new AsyncDisposableStack();
  const backbone = stack.use(await startBackbone("postgres"));
  const mediaNodes = nodes.map(({ url }) => url);
  // Ten minutes apart: nothing must depend on it.
  const clocks = [() => Date.now(), () => Date.now() + 600_000];
  const edges: TestEdge[] = [];
  for (const now of clocks) {
    edges.push(
      stack.use(await startTestEdge({ env: backbone.env, mediaNodes, now, nodeSilenceMs: NODE_SILENCE_MS })),
    );
  }
  const running = stack.move();
  return { backbone, edges, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

Deno.test("one room on many nodes", async (t) => {
  await using fra = await node("fra");
  await using ber = await node("ber");
  await using zrh = await node("zrh", "ch");
  await using cluster = await makeCluster(fra, ber, zrh);
  const { backbone, edges: [here, there] } = cluster as typeof cluster & { edges: [TestEdge, TestEdge] };

  await t.step(
    "[F4] each participant gets the nearest node, unless the room's own is hardly farther",
    async () => {
      const room = await createRoom(here.origin);
      const anna = new SignalClient(room);
      const ben = new SignalClient(room);
      const cem = new SignalClient(room);
      const inFra = await join(anna, here, "Anna", { fra: NEAR, ber: FAR, zrh: FAR });
      assert.deepEqual([inFra.nodeId, inFra.why], ["fra", "nearest"]);
      const inBer = await join(ben, there, "Ben", { fra: FAR, ber: NEAR, zrh: FAR });
      assert.deepEqual([inBer.nodeId, inBer.why], ["ber", "nearest"]);
      const inBoth = await join(cem, there, "Cem", { fra: NEAR + 3, ber: FAR, zrh: NEAR });
      assert.deepEqual([inBoth.nodeId, inBoth.why], ["fra", "together"]);
      const places = (await readPlaces(backbone.store.db, [room.room])).get(room.room)!;
      assert.deepEqual([...places.nodes.keys()].toSorted(), ["ber", "fra"]);
      const { nodes } = anna.received.find(({ type }) => type === "welcome") as DownOf<"welcome">;
      assert.deepEqual(nodes?.map(({ nodeId, region }) => [nodeId, region]).toSorted(), [
        ["ber", "ber"],
        ["fra", "fra"],
        ["zrh", "zrh"],
      ]);
      for (const client of [anna, ben, cem]) await client.close();
    },
  );

  await t.step("[F8] a participant in the lobby moves when the first measurements arrive", async () => {
    const room = await createRoom(here.origin);
    const anna = new SignalClient(room);
    const { peer } = await anna.enter(here.origin, { peer: OFFER });
    const { nodeId } = peer as PeerAnswer;
    const nearest = (nodeId === "ber" ? "fra" : "ber") as NodeId;
    anna.send({ type: "rtt.measured", rttByNode: rtts({ fra: FAR, ber: FAR, zrh: FAR, [nearest]: NEAR }) });
    const { answer, lost } = await anna.next("peer.moved");
    assert.deepEqual([answer.nodeId, answer.why, lost], [nearest, "nearest", undefined]);
    await anna.close();
  });

  await t.step("[F6] a room with residency in de is never outside, even if that is nearer", async () => {
    const room = await createRoom(here.origin);
    const bounds = { regions: null, jurisdictions: ["de" as Jurisdiction] };
    await boundRoom(backbone.store.db, room.room, bounds);
    const anna = new SignalClient(room);
    const answer = await join(anna, here, "Anna", { fra: FAR, ber: FAR, zrh: 1 });
    assert.notEqual(answer.nodeId, "zrh");
    const { nodes } = anna.received.find(({ type }) => type === "welcome") as DownOf<"welcome">;
    assert.ok(nodes?.every(({ nodeId }) => nodeId !== "zrh"), "it is not even measured");
    // A client that claims to be there is not adopted there.
    const ben = new SignalClient(room);
    const { peer } = await ben.enter(there.origin, {
      peer: OFFER,
      onNode: "zrh" as NodeId,
      rttByNode: rtts({ zrh: 1 }),
    });
    assert.notEqual((peer as PeerAnswer).nodeId, "zrh");
    assert.ok(there.complaints.some((line) => line.includes("residency.refused")), "it is logged");
    assert.ok(await there.count(OUTSIDE) > 0, "and counted");
    await boundRoom(backbone.store.db, room.room, { regions: [], jurisdictions: null });
    const cem = new SignalClient(room);
    const nowhere = cem.enter(here.origin, { peer: OFFER });
    await anna.next("peer.closed", 0);
    await nowhere;
    for (const client of [anna, ben, cem]) await client.close();
  });

  await t.step(
    "[F9] a killed node takes no participant with it: one message, the same tracks, no one leaves",
    async () => {
      const room = await createRoom(here.origin);
      const anna = new SignalClient(room);
      const ben = new SignalClient(room);
      await join(anna, here, "Anna", { fra: FAR, ber: FAR, zrh: NEAR });
      await join(ben, there, "Ben", { fra: FAR, ber: NEAR, zrh: FAR });
      // Anna's edge checks each second where rooms are.
      await haveLooked(backbone.store.db);
      zrh.kill();
      const { answer, lost } = await anna.next("peer.moved");
      assert.deepEqual([answer.nodeId, lost], ["ber", true]);
      // Unaffected participants receive nothing, and the room is where its participants are.
      const { db } = backbone.store;
      const isOn = async () => [...(await readPlaces(db, [room.room])).get(room.room)!.nodes.keys()];
      while ((await isOn()).includes("zrh" as NodeId)) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      assert.deepEqual(await isOn(), ["ber"]);
      assert.ok(ben.received.every(({ type }) => type !== "peer.moved" && type !== "peer.closed"));
      assert.deepEqual([...stirs(anna), ...stirs(ben)], []);
      for (const client of [anna, ben]) await client.close();
    },
  );

  await t.step(
    "[F9] a node that falls silent is lost, and harmless when it is back",
    async () => {
      const room = await createRoom(here.origin);
      const anna = new SignalClient(room);
      await join(anna, here, "Anna", { fra: NEAR, ber: FAR, zrh: FAR });
      fra.freeze();
      const { answer } = await anna.next("peer.moved");
      assert.notEqual(answer.nodeId, "fra");
      fra.thaw();
      assert.deepEqual(stirs(anna), []);
      await anna.close();
    },
  );

  await t.step(
    "a client that resumes at another edge keeps its media, and that edge moves it later",
    async () => {
      const room = await createRoom(here.origin);
      const anna = new SignalClient(room);
      const { nodeId, send } = await join(anna, here, "Anna", { ber: NEAR, fra: FAR, zrh: FAR });
      assert.equal(nodeId, "ber");
      anna.cut();
      const { peer } = await anna.enter(there.origin, { peer: OFFER, onNode: nodeId, onPath: send.id });
      assert.equal(peer, "kept");
      anna.cut();
      const onPath = crypto.randomUUID();
      const { peer: told } = await anna.enter(here.origin, { peer: OFFER, onNode: nodeId, onPath });
      assert.equal(
        (told as PeerAnswer).send.id,
        send.id,
        "the path that there is, and which the client does not know",
      );
      ber.kill();
      const { answer } = await anna.next("peer.moved", 0);
      assert.notEqual(answer.nodeId, "ber");
      await anna.close();
    },
  );
});

Deno.test("[F12] without any node clients are notified, and recover by themselves when there is one", async () => {
  await using only = await node("fra");
  await using backbone = await startBackbone("postgres");
  await using edge = await startTestEdge({ env: backbone.env, mediaNodes: [only.url] });
  const anna = new SignalClient(await createRoom(edge.origin));
  await join(anna, edge, "Anna", { fra: NEAR });
  only.kill();
  const { retryAfterMs } = await anna.next("peer.closed");
  assert.ok(retryAfterMs > 0);
  let answer: DownOf<"peer.opened"> | undefined;
  while (answer === undefined) {
    const seen = anna.received.length;
    anna.send({ type: "peer.open", offer: OFFER });
    await anna.until(() =>
      anna.received.slice(seen).some(({ type }) => /^peer\.(opened|closed)$/.test(type))
    );
    answer = anna.received.slice(seen).find((message) => message.type === "peer.opened");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.deepEqual(stirs(anna), []);
  await anna.close();
});

Deno.test("[F3] a node that is configured with the edges registers by itself", async () => {
  await using backbone = await startBackbone("postgres");
  await using edge = await startTestEdge({ env: backbone.env });
  await using _node = await startMediaProcess({ NODE_ID: "muc", EDGE_URL: edge.origin });
  const room = await createRoom(edge.origin);
  let answer: unknown = null;
  for (const deadline = Date.now() + 40_000; answer === null && Date.now() < deadline;) {
    const anna = new SignalClient(room);
    ({ peer: answer } = await anna.enter(edge.origin, { peer: OFFER }));
    await anna.close();
  }
  assert.equal((answer as PeerAnswer).nodeId, "muc");
});

Deno.test("[F3] every edge finds a registered node, and none finds one without the key", async () => {
  await using registered = await node("ber");
  await using stranger = await startMediaProcess({
    NODE_ID: "evil",
    CLUSTER_KEY: "another key that nobody else has at all",
  });
  await using backbone = await startBackbone("postgres");
  await using one = await startTestEdge({ env: backbone.env });
  await using other = await startTestEdge({ env: backbone.env });
  const register = async (nodeId: string, controlUrl: string, key = CLUSTER_KEY) => {
    const proof = await registrationProof(key, { nodeId, controlUrl });
    const body = JSON.stringify({ nodeId, controlUrl, proof });
    const headers = { "content-type": "application/json" };
    const response = await fetch(`${one.origin}/v1/nodes`, { method: "POST", headers, body });
    await response.body?.cancel();
    return response.status;
  };
  assert.equal(await register("evil", stranger.url, "another key that nobody else has at all"), 403);
  assert.equal(await register("evil", stranger.url), 502, "it does not prove the key when it is called");
  assert.equal(await register("gone", "ws://127.0.0.1:1"), 502);
  assert.equal(await register("ber", registered.url), 204);
  assert.equal(await register("ber", registered.url), 204, "twice is as good as once");
  for (const edge of [one, other]) {
    const room = await createRoom(edge.origin);
    let answer: unknown = null;
    // The other edge checks every 5 s.
    for (const deadline = Date.now() + 40_000; answer === null && Date.now() < deadline;) {
      const anna = new SignalClient(room);
      ({ peer: answer } = await anna.enter(edge.origin, { peer: OFFER }));
      await anna.close();
    }
    assert.equal((answer as PeerAnswer).nodeId, "ber");
  }
});

/** Resolves when every edge has run its once-a-second work twice, according to its lease. */
async function haveLooked(db: Db): Promise<void> {
  const seen = async () =>
    (await db.selectFrom("edge").select("seen_at").execute()).map(({ seen_at }) => +seen_at);
  const begun = Math.max(...await seen());
  while (Math.min(...await seen()) < begun + 2_000) await new Promise((resolve) => setTimeout(resolve, 50));
}
