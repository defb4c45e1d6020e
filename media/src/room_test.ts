import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { DEMAND_FALL_MS } from "./demand.ts";
import type { RunningNode } from "./main.ts";
import { PACE } from "./pace.ts";
import { newId, TestEdge, until } from "./test_edge.ts";
import { startTestNode } from "./test_node.ts";
import { CAMERA_LAYERS, makeOffer, makeRtpParameters, newRoomId, TestPerson } from "./test_person.ts";

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

const refused = (code: string) => ({ message: new RegExp(`: ${code}$`) });

/** What mediasoup holds for the room under test. */
async function held(): Promise<{ transports: number; producers: number; consumers: number }> {
  const room = running.node.rooms.get(roomId);
  assert.ok(room !== undefined);
  return await room.count();
}

test("peer.open returns two connected transports, and the same ones again for the same offer", async () => {
  const ada = new TestPerson(edge, roomId);
  const first = await ada.open();
  assert.notEqual(first.send.id, first.recv.id);
  assert.equal(first.send.dtlsParameters["role"], "server", "connect() was called with the client's role");
  assert.deepEqual(await ada.open(), first);
  assert.equal((await held()).transports, 2);
});

test("an offer with other fingerprints replaces the peer and closes its tracks", async () => {
  const [ada, ben] = [new TestPerson(edge, roomId), new TestPerson(edge, roomId)];
  const first = await ada.open();
  const trackId = await ada.publish("camera");
  await ben.open();
  ada.offer = makeOffer();
  const second = await ada.open();
  assert.notEqual(first.send.id, second.send.id);
  assert.deepEqual((await edge.notice("consumers.closed")).trackIds, [trackId]);
  assert.deepEqual(await held(), { transports: 4, producers: 0, consumers: 0 });
});

test("an invalid offer is refused and leaves nothing behind", async () => {
  const ada = new TestPerson(edge, roomId);
  ada.offer = { ...makeOffer(), capabilities: { codecs: "none" } };
  await assert.rejects(ada.open(), refused("offer.invalid"));
  assert.equal(running.node.rooms.has(roomId), false);
});

test("a room closes with its last peer", async () => {
  const ada = new TestPerson(edge, roomId);
  await ada.open();
  await edge.must("peer.close", ada.ids);
  assert.equal(running.node.rooms.has(roomId), false);
  await edge.must("peer.close", ada.ids);
});

test("a peer in the lobby is prepared, must not publish, and starts with one request", async () => {
  const [ada, ben] = [new TestPerson(edge, roomId), new TestPerson(edge, roomId)];
  await ada.open();
  const camera = await ada.publish("camera");
  const microphone = await ada.publish("microphone");
  const { consumers } = await ben.open({ live: false });
  assert.deepEqual(consumers.map(({ trackId }) => trackId).sort(), [camera, microphone].sort());
  assert.ok(consumers.every(({ streamId }) => streamId === ada.peerId), "camera and microphone play in sync");
  await assert.rejects(ben.publish("camera"), refused("peer.notStarted"));
  await edge.must("peer.start", ben.ids);
  await edge.must("peer.start", ben.ids);
  await ben.publish("camera");
});

test("a waiting peer gets transports and learns of no track, whatever view it requests", async () => {
  const [ada, ben] = [new TestPerson(edge, roomId), new TestPerson(edge, roomId)];
  await ada.open();
  const camera = await ada.publish("camera");
  const { consumers } = await ben.open({ live: false, blind: true });
  await ben.show([camera, 360]);
  const microphone = await ada.publish("microphone");
  assert.deepEqual([consumers, (await held()).consumers], [[], 0]);
  await ben.show([camera, 360], [microphone, 0]);
  await edge.must("peer.start", ben.ids);
  const opened = (await edge.notice("consumers.opened")).consumers.map(({ trackId }) => trackId);
  assert.deepEqual(opened.sort(), [camera, microphone].sort());
});

test("a published track is sent to peers with it in their view, a closed one is not", async () => {
  const [ada, ben] = [new TestPerson(edge, roomId), new TestPerson(edge, roomId)];
  await ada.open();
  await ben.open();
  const trackId = await ada.publish("screen");
  const { peerId, consumers } = await edge.notice("consumers.opened");
  assert.equal(peerId, ben.peerId);
  assert.deepEqual(consumers.map((info) => [info.trackId, info.kind, info.streamId]), [
    [trackId, "video", `${ada.peerId}-screen`],
  ]);
  await edge.must("track.close", { ...ada.ids, trackId });
  assert.deepEqual((await edge.notice("consumers.closed")).trackIds, [trackId]);
  await edge.must("track.close", { ...ada.ids, trackId });
});

test("publishing again is harmless; an id in use and malformed parameters are refused", async () => {
  const [ada, ben] = [new TestPerson(edge, roomId), new TestPerson(edge, roomId)];
  await ada.open();
  await ben.open();
  const trackId = await ada.publish("microphone");
  await ada.publish("microphone", { trackId });
  await assert.rejects(ben.publish("microphone", { trackId }), refused("track.idTaken"));
  for (const rtpParameters of [{}, { codecs: [] }, makeRtpParameters("camera")]) {
    const request = { ...ada.ids, trackId: randomUUID(), source: "microphone", muted: false, rtpParameters };
    await assert.rejects(edge.must("track.publish", request), refused("track.invalid"));
  }
  assert.equal((await held()).producers, 1);
});

test("view.set creates, pauses and closes consumers, and remembers tracks that are published later", async () => {
  const [ada, ben] = [new TestPerson(edge, roomId), new TestPerson(edge, roomId)];
  await ada.open();
  await ben.open();
  const camera = await ada.publish("camera");
  await edge.notice("consumers.opened");
  const later = randomUUID();
  await ben.show([camera, 0], [later, 360]);
  assert.deepEqual(await held(), { transports: 4, producers: 1, consumers: 1 });
  await ada.publish("screen", { trackId: later });
  assert.equal((await edge.notice("consumers.opened")).consumers[0]!.trackId, later);
  await ben.show();
  const { trackIds } = await edge.notice("consumers.closed");
  assert.deepEqual([...trackIds].sort(), [camera, later].sort());
  assert.equal((await held()).consumers, 0);
  await ada.publish("microphone");
  await ben.show();
  assert.equal((await held()).consumers, 0, "the automatic view ended with the first view.set");
});

test("a muted track is kept, and only its owner can mute it", async () => {
  const [ada, ben] = [new TestPerson(edge, roomId), new TestPerson(edge, roomId)];
  await ada.open();
  await ben.open();
  const trackId = await ada.publish("microphone", { muted: true });
  await edge.notice("consumers.opened");
  await edge.must("track.mute", { ...ada.ids, trackId, muted: false });
  await edge.must("track.mute", { ...ada.ids, trackId, muted: false });
  await assert.rejects(
    edge.must("track.mute", { ...ben.ids, trackId, muted: true }),
    refused("track.unknown"),
  );
  assert.equal((await held()).consumers, 1);
});

test("a key frame and new ICE parameters are available on request", async () => {
  const [ada, ben] = [new TestPerson(edge, roomId), new TestPerson(edge, roomId)];
  await ada.open();
  const { recv } = await ben.open();
  const trackId = await ada.publish("camera");
  await edge.notice("consumers.opened");
  await edge.must("track.refresh", { ...ben.ids, trackId });
  await assert.rejects(edge.must("track.refresh", { ...ada.ids, trackId }), refused("track.unknown"));
  const answer = await edge.must("transport.restart", { ...ben.ids, direction: "recv" });
  assert.notDeepEqual(answer, { iceParameters: recv.iceParameters });
});

test("[Q10] restarts and checks of a transport are rate-limited above what a bad network needs, and other requests continue", async () => {
  const [ada, ben] = [new TestPerson(edge, roomId), new TestPerson(edge, roomId)];
  await Promise.all([ada.open(), ben.open()]);
  const answers = (person: TestPerson, count: number) =>
    Promise.all(
      Array.from({ length: count }, (_, n) =>
        edge.ask(n % 2 === 0 ? "peer.check" : "transport.restart", {
          ...person.ids,
          ...n % 2 === 1 && { direction: "send" },
        })),
    );
  const flood = await answers(ada, 10 * PACE.burst);
  const refused = flood.filter((answer) => "refused" in answer);
  assert.ok(refused.length > 5 * PACE.burst, `${refused.length}`);
  assert.ok(refused.every((answer) => "refused" in answer && answer.refused === "share.spent"));
  assert.ok(flood.slice(0, PACE.burst).every((answer) => "ok" in answer));
  // Both transports, three times in a row, with a check each.
  assert.ok((await answers(ben, 9)).every((answer) => "ok" in answer));
  const trackId = await ada.publish("camera");
  assert.equal((await edge.notice("consumers.opened")).consumers[0]?.trackId, trackId);
});

test("[R6] however often a client sends its view, a request to mute is carried out; the last view applies", async () => {
  const [ada, ben] = [new TestPerson(edge, roomId), new TestPerson(edge, roomId)];
  await Promise.all([ada.open(), ben.open()]);
  const trackId = await ada.publish("camera");
  await edge.notice("consumers.opened");
  const own = await ben.publish("microphone");
  const views = Array.from({ length: 600 }, (_, n) =>
    edge.ask("view.set", {
      ...ben.ids,
      tracks: n % 2 === 0 ? [] : [{ trackId, width: 320, height: 180, priority: 10 }],
    }));
  const muted = edge.ask("track.mute", { ...ben.ids, trackId: own, muted: true });
  const last = edge.ask("view.set", { ...ben.ids, tracks: [] });
  assert.ok("ok" in await muted, "a moderator's mute");
  assert.ok((await Promise.all([...views, last])).every((answer) => "ok" in answer));
  assert.equal((await held()).consumers, 1, "Ada's of Ben's microphone");
  assert.ok("ok" in await edge.ask("peer.close", ben.ids));
});

test("the publisher is notified of the wanted layers", async () => {
  const [ada, ben, cleo] = [
    new TestPerson(edge, roomId),
    new TestPerson(edge, roomId),
    new TestPerson(edge, roomId),
  ];
  await Promise.all([ada.open(), ben.open(), cleo.open()]);
  const trackId = await ada.publish("camera");
  const started = performance.now();
  await ben.show([trackId, 180]);
  await cleo.show();
  const { layer, peerId } = await edge.notice("track.demand");
  assert.deepEqual([peerId, layer], [ada.peerId, 0]);
  assert.ok(performance.now() - started > DEMAND_FALL_MS / 2, "a fall is told when it has lasted");
  await cleo.show([trackId, 720]);
  assert.equal((await edge.notice("track.demand")).layer, CAMERA_LAYERS - 1);
});

test("requests about an unknown peer are refused", async () => {
  const ghost = { roomId, peerId: newId(26) };
  await assert.rejects(edge.must("peer.start", ghost), refused("peer.unknown"));
  await assert.rejects(
    edge.must("peer.adopt", { ...ghost, sendId: null, live: true }),
    refused("peer.unknown"),
  );
  await assert.rejects(edge.must("view.set", { ...ghost, tracks: [] }), refused("peer.unknown"));
});

test("a node accepts no more peers than its maximum", async () => {
  await using small = await startTestNode({ MAX_PEERS: "1" });
  await using its = await TestEdge.connect(small.port);
  const ada = new TestPerson(its, roomId);
  await ada.open();
  await assert.rejects(new TestPerson(its, roomId).open(), refused("node.full"));
  ada.offer = makeOffer();
  await ada.open();
  await until("one peer", () => small.node.peers().length === 1);
});
