import assert from "node:assert/strict";
import { test } from "node:test";
import type { Held } from "./room_router.ts";
import { startSite, TestRoom, type TestSite } from "./test_cluster.ts";
import { until, untilAsync } from "./test_edge.ts";
import { freePort } from "./test_node.ts";
import { newRoomId, TestPerson } from "./test_person.ts";

/** What mediasoup holds for a room on a site. */
async function held({ running }: TestSite, room: TestRoom): Promise<Held> {
  return await running.node.rooms.get(room.id)?.count() ?? { transports: 0, producers: 0, consumers: 0 };
}

async function holds(site: TestSite, room: TestRoom, expected: Held): Promise<void> {
  let last: Held | undefined;
  await untilAsync(() => `${JSON.stringify(expected)} instead of ${JSON.stringify(last)}`, async () => {
    last = await held(site, room);
    return JSON.stringify(last) === JSON.stringify(expected);
  });
}

test("[K3] [K4] a track reaches another node over one pipe for all viewers there, and mutes follow", async () => {
  await using fra = await startSite("fra");
  await using ber = await startSite("ber");
  const room = new TestRoom(newRoomId());
  const ada = await room.enter(fra);
  const camera = await ada.publish("camera");
  const ben = await room.enter(ber);
  await room.put(fra, ber);
  const opened = await ber.edge.notice("consumers.opened");
  assert.deepEqual([opened.peerId, opened.consumers[0]!.trackId], [ben.peerId, camera]);
  assert.equal(opened.consumers[0]!.streamId, ada.peerId, "played in sync with her microphone");
  const cleo = await room.enter(ber);
  const microphone = await ada.publish("microphone", { muted: true });
  const heard = [
    (await ber.edge.notice("consumers.opened")).peerId,
    (await ber.edge.notice("consumers.opened")).peerId,
  ];
  assert.deepEqual(heard.sort(), [ben.peerId, cleo.peerId].sort());
  // Two participants' transports and one pipe; two tracks, each once; two consumers of each.
  await holds(ber, room, { transports: 5, producers: 2, consumers: 4 });
  await holds(fra, room, { transports: 3, producers: 2, consumers: 2 });
  const muted = () => ber.running.node.rooms.get(room.id)!.tracks.get(microphone)!.muted;
  assert.equal(muted(), true);
  await fra.edge.must("track.mute", { ...ada.ids, trackId: microphone, muted: false });
  await until("the news of it", () => !muted());
});

test("[K4] the pipe closes when its last viewer is gone, and not earlier", async () => {
  await using fra = await startSite("fra");
  await using ber = await startSite("ber");
  const room = new TestRoom(newRoomId());
  await room.put(fra, ber);
  const ada = await room.enter(fra);
  const camera = await ada.publish("camera");
  const [ben, cleo] = [await room.enter(ber), await room.enter(ber)];
  await holds(fra, room, { transports: 3, producers: 1, consumers: 1 });
  await ben.show();
  await cleo.show([camera, 180]);
  await holds(ber, room, { transports: 5, producers: 1, consumers: 1 });
  await cleo.show();
  await holds(ber, room, { transports: 4, producers: 0, consumers: 0 });
  await holds(fra, room, { transports: 2, producers: 1, consumers: 0 });
  await ben.show([camera, 180]);
  await holds(fra, room, { transports: 3, producers: 1, consumers: 1 });
  await fra.edge.must("peer.close", ada.ids);
  await holds(ber, room, { transports: 4, producers: 0, consumers: 0 });
});

test("[K6] the publisher is asked for the largest view on any node", async () => {
  await using fra = await startSite("fra");
  await using ber = await startSite("ber");
  const room = new TestRoom(newRoomId());
  await room.put(fra, ber);
  const ada = await room.enter(fra);
  const camera = await ada.publish("camera");
  const ben = await room.enter(ber);
  await ben.show([camera, 180]);
  assert.equal((await fra.edge.notice("track.demand")).layer, 0);
  await ben.show([camera, 720]);
  assert.equal((await fra.edge.notice("track.demand")).layer, 2);
  await ben.show([camera, 0]);
  assert.equal((await fra.edge.notice("track.demand")).layer, -1);
});

test("[K1] participants who join at once share one pipe, whatever the order of placements", async () => {
  await using fra = await startSite("fra");
  await using ber = await startSite("ber");
  const room = new TestRoom(newRoomId());
  const ada = await room.enter(fra);
  const tracks = await Promise.all(
    (["camera", "microphone", "screen"] as const).map((source) => ada.publish(source)),
  );
  const old = room.placement;
  await room.put(fra, ber);
  const people = await Promise.all(Array.from({ length: 8 }, () => room.enter(ber)));
  await ber.edge.must("room.place", { roomId: room.id, placement: old });
  await Promise.all(people.map((person) => person.show(...tracks.map((id): [string, number] => [id, 360]))));
  await holds(ber, room, { transports: 17, producers: 3, consumers: 24 });
  await holds(fra, room, { transports: 3, producers: 3, consumers: 3 });
});

test("[K5] [K7] a participant who moves to another node is seen from there, without duplicate or circular routes", async () => {
  await using fra = await startSite("fra");
  await using ber = await startSite("ber");
  await using muc = await startSite("muc");
  const room = new TestRoom(newRoomId());
  await room.put(fra, ber, muc);
  const ada = await room.enter(fra);
  const camera = await ada.publish("camera");
  const ben = await room.enter(ber);
  // With a notice, or with the response if the pipe was fast.
  await holds(ber, room, { transports: 3, producers: 1, consumers: 1 });
  await room.enter(fra);
  await holds(fra, room, { transports: 5, producers: 1, consumers: 2 });

  ada.edge = muc.edge;
  ada.placement = room.placement;
  await ada.open();
  await ada.publish("camera", { trackId: camera });
  const { peerId, consumers } = await ber.edge.notice("consumers.opened");
  assert.deepEqual([peerId, consumers.map(({ trackId }) => trackId)], [ben.peerId, [camera]]);
  await holds(muc, room, { transports: 4, producers: 1, consumers: 2 });
  await fra.edge.must("peer.close", ada.ids);
  await holds(fra, room, { transports: 3, producers: 1, consumers: 1 });
  await holds(ber, room, { transports: 3, producers: 1, consumers: 1 });
});

test("[K1] a node is followed as soon as an edge claims it, and dropped if the next version does not list it", async () => {
  await using fra = await startSite("fra");
  await using ber = await startSite("ber");
  const room = new TestRoom(newRoomId());
  await room.put(fra);
  await room.enter(fra);
  const { placement } = room;
  const claimed = { ...placement, nodes: [...placement.nodes, ber.address] };
  const ben = new TestPerson(ber.edge, room.id);
  ben.placement = claimed;
  await ben.open();
  await ben.publish("camera");
  await fra.edge.must("room.place", { roomId: room.id, placement: claimed });
  await holds(fra, room, { transports: 3, producers: 1, consumers: 1 });
  // A placement of the same version with fewer nodes removes none.
  await fra.edge.must("room.place", { roomId: room.id, placement });
  await fra.edge.must("room.place", { roomId: room.id, placement: claimed });
  await holds(fra, room, { transports: 3, producers: 1, consumers: 1 });
  await room.put(fra);
  await holds(fra, room, { transports: 2, producers: 0, consumers: 0 });
});

test("[K12] a participant who leaves a draining node does not receive tracks twice that still come from there", async () => {
  await using fra = await startSite("fra");
  await using ber = await startSite("ber");
  const room = new TestRoom(newRoomId());
  await room.put(fra);
  const [ada, ben] = [await room.enter(fra), await room.enter(fra)];
  const cameras = [await ada.publish("camera"), await ben.publish("camera")];
  await fra.edge.must("node.drain", { deadlineMs: 60_000 });
  await room.put(fra, ber);
  const named = ({ consumers }: { consumers: readonly { trackId: string }[] }) =>
    consumers.map(({ trackId }) => trackId);
  const seen: string[][] = [];
  for (const [index, person] of [ada, ben].entries()) {
    person.edge = ber.edge;
    person.placement = room.placement;
    seen.push(named(await person.open({ beside: "fra" })));
    await person.publish("camera", { trackId: cameras[index]! });
  }
  assert.deepEqual(seen, [[], [cameras[0]]]);
  assert.deepEqual(named(await ber.edge.notice("consumers.opened")), [cameras[1]]);
  await holds(fra, room, { transports: 4, producers: 2, consumers: 2 });
  await holds(ber, room, { transports: 4, producers: 2, consumers: 2 });
});

test("[K12] a participant who left a draining node sees the others from their new node, before they are gone from the old one", async () => {
  await using fra = await startSite("fra");
  await using ber = await startSite("ber");
  await using muc = await startSite("muc");
  const room = new TestRoom(newRoomId());
  await room.put(fra);
  const [ada, ben] = [await room.enter(fra), await room.enter(fra)];
  const camera = await ada.publish("camera");
  await fra.edge.must("node.drain", { deadlineMs: 60_000 });
  ada.edge = ber.edge;
  await room.put(fra, ber);
  ada.placement = room.placement;
  await ada.open({ beside: "fra" });
  await ada.publish("camera", { trackId: camera });
  // Munich learns of both at once, possibly from Berlin first.
  await room.put(fra, ber, muc);
  ben.edge = muc.edge;
  ben.placement = room.placement;
  await ben.open({ beside: "fra" });
  const book = () => muc.running.node.rooms.get(room.id)!.tracks;
  await until("the news from both", () => ["fra", "ber"].every((place) => book().getFrom(camera, place)));
  assert.equal(book().get(camera), book().getFrom(camera, "ber"));
  await holds(muc, room, { transports: 3, producers: 1, consumers: 1 });
});

test("[K12] a late message from a node that the room has left does not affect its next run", async () => {
  await using fra = await startSite("fra");
  await using muc = await startSite("muc");
  const room = new TestRoom(newRoomId());
  await room.put(fra, muc);
  await room.enter(muc);
  await room.put(muc);
  await room.enter(muc, { beside: "fra" });
  await room.put(fra, muc);
  assert.equal(muc.running.node.rooms.get(room.id)!.nodes.isDraining(fra.address.nodeId), false);
});

test("[K7] a track taken along to a node that joined the room later comes from there", async () => {
  await using fra = await startSite("fra");
  await using ber = await startSite("ber");
  await using muc = await startSite("muc");
  const room = new TestRoom(newRoomId());
  await room.put(fra, muc);
  const ada = await room.enter(fra);
  const camera = await ada.publish("camera");
  const ben = await room.enter(muc);
  await ben.show([camera, 360]);
  await holds(muc, room, { transports: 3, producers: 1, consumers: 1 });
  const { placement } = room;
  const later = { ...placement, version: placement.version + 1, nodes: [...placement.nodes, ber.address] };
  ada.edge = ber.edge;
  ada.placement = later;
  await ada.open();
  await ada.publish("camera", { trackId: camera });
  await muc.edge.must("room.place", { roomId: room.id, placement: later });
  const book = () => muc.running.node.rooms.get(room.id)!.tracks;
  await until("the news from Berlin", () => book().getFrom(camera, "ber") !== undefined);
  assert.equal(book().get(camera), book().getFrom(camera, "ber"));
});

test("[K9] a room with residency uses no node outside, neither for participants nor through a pipe", async () => {
  await using fra = await startSite("fra");
  await using zrh = await startSite("zrh", { JURISDICTION: "ch" });
  const room = new TestRoom(newRoomId());
  room.residency = { regions: null, jurisdictions: ["de" as never] };
  const ada = await room.enter(fra);
  await ada.publish("camera");
  await assert.rejects(room.enter(zrh), { message: /node.outside$/ });
  await room.put(fra, zrh);
  assert.ok(fra.running.node.outside > 0, "counted");

  // A node with other information, or one that lies, is refused by a node that knows the residency.
  const before = fra.running.node.outside;
  const lied = { ...room.placement, version: 99, residency: { regions: null, jurisdictions: null } };
  const eve = new TestPerson(zrh.edge, room.id);
  eve.placement = lied;
  await eve.open();
  await until("the refusal", () => fra.running.node.outside > before);
  await holds(zrh, room, { transports: 2, producers: 0, consumers: 0 });

  // A room whose residency is narrowed drops the nodes outside.
  await zrh.edge.ask("room.place", { roomId: room.id, placement: { ...room.placement, version: 100 } });
  assert.equal((await zrh.edge.notice("peer.closed")).why, "outside");
  assert.equal(zrh.running.node.rooms.size, 0);
});

test("[K8] a dead node is reported as interrupted until the placement drops it", async () => {
  await using ber = await startSite("ber");
  const fra = await startSite("fra");
  const room = new TestRoom(newRoomId());
  await room.put(fra, ber);
  const ada = await room.enter(fra);
  const camera = await ada.publish("camera");
  const ben = await room.enter(ber);
  await ben.show([camera, 360]);
  await holds(ber, room, { transports: 3, producers: 1, consumers: 1 });
  await fra[Symbol.asyncDispose]();
  const { nodeIds, trackIds } = await ber.edge.notice("room.interrupted");
  assert.deepEqual([nodeIds, trackIds], [["fra"], [camera]]);
  const cem = new TestPerson(ber.edge, room.id);
  assert.deepEqual((await cem.open()).interrupted, [camera], "who comes meanwhile is told so");
  await ber.edge.must("peer.close", cem.ids);
  await room.put(ber);
  assert.deepEqual((await ber.edge.notice("room.interrupted")).nodeIds, []);
  await holds(ber, room, { transports: 2, producers: 0, consumers: 0 });
});

test("[K8] a node that restarts under the same id is followed again", async () => {
  await using ber = await startSite("ber");
  const CONTROL_PORT = await freePort();
  const first = await startSite("fra", { CONTROL_PORT });
  const room = new TestRoom(newRoomId());
  await room.put(first, ber);
  const ada = await room.enter(first);
  const ben = await room.enter(ber);
  const camera = await ada.publish("camera");
  await ber.edge.notice("consumers.opened");
  await first[Symbol.asyncDispose]();
  await using second = await startSite("fra", { CONTROL_PORT });
  ada.edge = second.edge;
  ada.placement = room.placement;
  await ada.open();
  await ada.publish("camera", { trackId: camera });
  const again = await ber.edge.notice("consumers.opened");
  assert.deepEqual([again.peerId, again.consumers[0]!.trackId], [ben.peerId, camera]);
  await holds(ber, room, { transports: 3, producers: 1, consumers: 1 });
});

test("[K11] a large room spreads over workers, and everyone is visible on each", async () => {
  await using fra = await startSite("fra", { WORKERS: "2", WORKER_CONSUMERS: "20" });
  await using ber = await startSite("ber");
  const room = new TestRoom(newRoomId());
  await room.put(fra, ber);
  const ada = await room.enter(fra);
  const camera = await ada.publish("camera");
  const cem = await room.enter(ber);
  const far = await cem.publish("camera");
  const people = [ada];
  for (let n = 0; n < 5; n++) people.push(await room.enter(fra));
  const routers = () => fra.running.node.rooms.get(room.id)!.pipes.routers;
  assert.equal(routers().length, 2);
  for (const person of people) await person.show([camera, 360], [far, 360]);
  const [one, other] = routers().map(({ peers }) => peers) as [number, number];
  assert.ok(one > 0 && other > 0);
  // Participants' transports, one pipe each way between the nodes, and both ends of one between the routers,
  // which carries both tracks.
  const [transports, consumers] = [2 * people.length + 2 + 2, 2 * people.length - 1 + 1 + 2];
  await holds(fra, room, { transports, producers: 4, consumers });
  await holds(ber, room, { transports: 4, producers: 2, consumers: 2 });
  for (const person of people) await fra.edge.must("peer.close", person.ids);
  await until("the end of the room", () => fra.running.node.rooms.size === 0);
});
