import { logTo } from "@tafelrunde/protocol/process/log";
import assert from "node:assert/strict";
import { test } from "node:test";
import { type ConsumerInfo, parse, type PeerAnswer, type TransportInfo } from "@tafelrunde/protocol";
import {
  cascadeAnswer,
  type CascadeAnswers,
  cascadeAnswers,
  type CascadeNotice,
  cascadeNotices,
  type CascadeRequest,
  cascadeRequests,
  MAX_ANNOUNCED,
} from "@tafelrunde/protocol/cascade";
import {
  MAX_CONTROL_BYTES,
  MAX_FIRST_AUDIO,
  MAX_FIRST_VIDEOS,
  MAX_PEER_TRACKS,
  MAX_ROOM_NODES,
  MAX_TOLD_CONSUMERS,
  MAX_TOLD_TRACKS,
  mediaAnswer,
  type MediaAnswers,
  type MediaNotice,
  mediaNotices,
  type MediaRequest,
  mediaRequests,
  type NodeAddress,
  type Placement,
  REPORTED_PEERS,
  type Residency,
} from "@tafelrunde/protocol/media";
import {
  MAX_CAPABILITIES_CHARS,
  MAX_ENCODINGS,
  MAX_PARAMETERS_CHARS,
  readRtpParameters,
} from "@tafelrunde/protocol/rtp";
import { ROUTER_RTP_CAPABILITIES } from "@tafelrunde/protocol/router_capabilities";
import { MAX_ADDRESSED, MAX_MOVED, MAX_SPACES, MAX_WHISPERS } from "@tafelrunde/protocol";
import * as v from "valibot";
import { MAX_SPEAKERS } from "./speakers.ts";
import { startSite, TestRoom } from "./test_cluster.ts";
import { TestEdge, until } from "./test_edge.ts";
import { startTestNode } from "./test_node.ts";
import { makeOffer, makeRtpParameters, newRoomId, TestPerson } from "./test_person.ts";

/** Space for mediasoup's own fields in a consumer, beside the publisher's parameters, characters. */
const OWN_CHARS = 4_096;

const UUID = "00000000-0000-4000-8000-000000000000";
const ID = "a".repeat(26);
const ROOM = "aaaa-aaaa-aaaa";
const NODE = "n".repeat(40);
const REQUEST_ID = Number.MAX_SAFE_INTEGER;
const HEX = Array.from({ length: 32 }, () => "FF").join(":");
const peer = { roomId: ROOM, peerId: ID };
const many = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);
const filler = (chars: number) => ({ a: "x".repeat(chars) });

/** Parameters of exactly the longest accepted length, using all fields. */
function longest(given: Record<string, unknown>): Record<string, unknown> {
  const parameters: Record<string, unknown> = readRtpParameters(given)!;
  const codecs = [...parameters["codecs"] as Record<string, unknown>[]];
  for (let n = 0;; n++) {
    const left = MAX_PARAMETERS_CHARS - JSON.stringify({ ...parameters, codecs }).length;
    if (left < 20) return { ...parameters, codecs };
    const first = codecs[0]!;
    const said = {
      ...first["parameters"] as object,
      [`k${n}`]: "x".repeat(Math.min(500, Math.max(0, left - 40))),
    };
    codecs[0] = { ...first, parameters: said };
    if (left < 60) return { ...parameters, codecs };
  }
}

const residency = {
  regions: many(100, "r".repeat(40)),
  jurisdictions: many(100, "de"),
} as unknown as Residency;
const address = {
  nodeId: NODE,
  region: "r".repeat(40),
  jurisdiction: "de",
  publicUrl: `wss://${"h".repeat(190)}`,
  privateUrl: `wss://${"h".repeat(190)}`,
  network: "w".repeat(64),
} as unknown as NodeAddress;
const placement = {
  version: 2 ** 31 - 1,
  nodes: many(MAX_ROOM_NODES, address),
  residency,
} as unknown as Placement;
const viewTrack = { trackId: UUID, width: 16384, height: 16384, priority: 255 };
const speakers = many(MAX_SPEAKERS, { trackId: UUID, level: -127 });
const consumer = {
  consumerId: UUID,
  trackId: UUID,
  kind: "video",
  streamId: `${ID}-screen`,
  rtpParameters: filler(MAX_PARAMETERS_CHARS + OWN_CHARS),
} as unknown as ConsumerInfo;
const transport = {
  id: UUID,
  iceParameters: filler(200),
  iceCandidates: many(32, filler(400)),
  dtlsParameters: filler(1_000),
  sctpParameters: filler(200),
} as unknown as TransportInfo;
const announced = {
  trackId: UUID,
  peerId: ID,
  source: "screenAudio",
  muted: false,
  routerId: UUID,
  layers: many(MAX_ENCODINGS, { width: 65536, height: 65536 }),
};
const SPACE = "s".repeat(16);
const audience = many(MAX_ADDRESSED, ID);
/** All tracks of a room, as many of them whispers as there can be. */
const allAnnounced = [
  ...many(MAX_ANNOUNCED - MAX_WHISPERS, { ...announced, space: SPACE }),
  ...many(MAX_WHISPERS, { ...announced, space: SPACE, audience }),
];
const end = {
  ip: "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
  port: 65535,
  srtpParameters: { cryptoSuite: "AEAD_AES_256_GCM", keyBase64: "A".repeat(60) },
};
const pipedTrack = { pipeId: UUID, trackId: UUID };

const publishedTrack = {
  trackId: UUID,
  source: "screenAudio",
  muted: false,
  rtpParameters: filler(MAX_PARAMETERS_CHARS),
};

/** The largest possible message of each type. A missing message does not compile. */
const requests: { readonly [T in MediaRequest["type"]]: object } = {
  "room.place": { roomId: ROOM, placement },
  "node.drain": { deadlineMs: 86_400_000 },
  "peer.open": {
    ...peer,
    placement,
    offer: { capabilities: filler(MAX_CAPABILITIES_CHARS), sendFingerprint: HEX, recvFingerprint: HEX },
    live: false,
    blind: false,
    beside: NODE,
    videos: MAX_FIRST_VIDEOS,
    tracks: many(MAX_PEER_TRACKS, { ...publishedTrack, audience }),
    space: SPACE,
  },
  "peer.start": peer,
  "peer.adopt": { ...peer, sendId: UUID, live: false },
  "peer.release": peer,
  "peer.close": { ...peer, unseen: true },
  "peers.report": { after: Number.MAX_SAFE_INTEGER },
  "peers.move": { roomId: ROOM, peerIds: many(MAX_MOVED, ID), space: SPACE },
  "track.publish": { ...peer, ...publishedTrack, audience },
  "track.mute": { ...peer, trackId: UUID, muted: false },
  "track.close": { ...peer, trackId: UUID },
  "track.audience": { ...peer, trackId: UUID, audience },
  "view.set": { ...peer, tracks: many(100, viewTrack) },
  "track.refresh": { ...peer, trackId: UUID },
  "transport.restart": { ...peer, direction: "send", path: UUID },
  "peer.check": peer,
};
const answers: { readonly [T in keyof MediaAnswers]: unknown } = {
  "room.place": null,
  "node.drain": null,
  "peer.open": {
    nodeId: NODE,
    send: transport,
    recv: transport,
    consumers: many(MAX_FIRST_AUDIO + MAX_FIRST_VIDEOS, consumer),
    interrupted: many(MAX_TOLD_TRACKS, UUID),
    silent: many(MAX_TOLD_TRACKS, UUID),
  } as unknown as PeerAnswer,
  "peer.start": null,
  "peer.adopt": null,
  "peer.release": null,
  "peer.close": null,
  "peers.move": null,
  "peers.report": {
    peers: many(REPORTED_PEERS, {
      ...peer,
      sendId: UUID,
      live: false,
      mine: false,
      space: SPACE,
      tracks: [
        ...many(MAX_PEER_TRACKS - 1, { trackId: UUID, muted: false }),
        { trackId: UUID, muted: false, audience },
      ],
    }),
    next: Number.MAX_SAFE_INTEGER,
  },
  "track.publish": null,
  "track.mute": null,
  "track.close": null,
  "track.audience": null,
  "view.set": null,
  "track.refresh": null,
  "transport.restart": { path: UUID, iceParameters: filler(200) },
  "peer.check": { sentBytes: Number.MAX_SAFE_INTEGER },
};
const notices: { readonly [T in MediaNotice["type"]]: object } = {
  "consumers.opened": { ...peer, path: UUID, consumers: many(MAX_TOLD_CONSUMERS, consumer) },
  "consumers.closed": { ...peer, path: UUID, trackIds: many(200, UUID) },
  "track.demand": { ...peer, trackId: UUID, layer: MAX_ENCODINGS - 1 },
  "peer.closed": { ...peer, why: "orphaned" },
  speakers: { roomId: ROOM, space: SPACE, speakers },
  "room.interrupted": {
    roomId: ROOM,
    nodeIds: many(MAX_ROOM_NODES, NODE),
    trackIds: many(MAX_TOLD_TRACKS, UUID),
    silent: many(MAX_TOLD_TRACKS, UUID),
  },
  load: {
    state: "draining",
    cpu: many(256, 0.1234567890123456),
    peers: Number.MAX_VALUE,
    rooms: Number.MAX_VALUE,
    producers: Number.MAX_VALUE,
    consumers: Number.MAX_VALUE,
    piped: Number.MAX_VALUE,
    outside: Number.MAX_VALUE,
    sendBps: Number.MAX_VALUE,
    recvBps: Number.MAX_VALUE,
  },
};
const cascadeAsked: { readonly [T in CascadeRequest["type"]]: object } = {
  "room.follow": { roomId: ROOM, residency },
  "room.unfollow": { roomId: ROOM },
  "pipe.open": { pipeId: UUID, roomId: ROOM, routerId: UUID, end },
  "pipe.close": { pipeId: UUID },
  "pipe.send": { ...pipedTrack, layer: MAX_ENCODINGS - 1 },
  "pipe.demand": { ...pipedTrack, layer: -1 },
  "pipe.stop": pipedTrack,
  "pipe.check": { pipeId: UUID },
};
const cascadeAnswered: { readonly [T in keyof CascadeAnswers]: unknown } = {
  "room.follow": { tracks: allAnnounced },
  "room.unfollow": null,
  "pipe.open": { end },
  "pipe.close": null,
  "pipe.send": { rtpParameters: longest(makeRtpParameters("camera")) },
  "pipe.demand": null,
  "pipe.stop": null,
  "pipe.check": { bytesSent: Number.MAX_SAFE_INTEGER },
};
const cascadeTold: { readonly [T in CascadeNotice["type"]]: object } = {
  "room.tracks": {
    roomId: ROOM,
    tracks: allAnnounced.slice(-200),
    ended: many(200, UUID),
  },
  "room.silent": { roomId: ROOM, trackIds: many(MAX_ANNOUNCED, UUID) },
  "room.speakers": { roomId: ROOM, speakers: many(MAX_SPEAKERS * (MAX_SPACES + 1), speakers[0]) },
  "pipe.closed": { pipeIds: [UUID] },
};

function fits(what: string, message: object): string {
  const text = JSON.stringify(message);
  const bytes = Buffer.byteLength(text);
  assert.ok(bytes < MAX_CONTROL_BYTES * 0.9, `${what}: ${bytes} bytes`);
  return text;
}

test("the largest request and notice of each kind fit a message, and the receiver parses them", () => {
  for (
    const [schemas, examples, isRequest] of [
      [mediaRequests, requests, true],
      [mediaNotices, notices, false],
      [cascadeRequests, cascadeAsked, true],
      [cascadeNotices, cascadeTold, false],
    ] as const
  ) {
    for (const [type, fields] of Object.entries(examples)) {
      const message = { ...isRequest && { id: REQUEST_ID }, type, ...fields };
      assert.doesNotThrow(() => parse(schemas, fits(type, message)), type);
    }
  }
});

test("the largest response of each kind fits a message, and the receiver parses it", () => {
  for (const [type, ok] of Object.entries(answers)) {
    v.parse(mediaAnswer, JSON.parse(fits(type, { id: REQUEST_ID, ok })));
  }
  for (const [type, ok] of Object.entries(cascadeAnswered)) {
    v.parse(cascadeAnswer, JSON.parse(fits(type, { id: REQUEST_ID, ok })));
    const read = v.parse(cascadeAnswers[type as keyof CascadeAnswers], ok);
    if (type === "room.follow") assert.deepEqual(read, ok, "nothing is left out");
  }
});

/** The largest parameters that a client can send for a track. */
const boundary = (source: "camera" | "microphone") => ({
  ...longest({ ...makeRtpParameters(source), rtcp: { cname: "c".repeat(255) }, msid: "m".repeat(256) }),
});

test("a room with the largest possible tracks is announced completely, and the connection stays open", async () => {
  await using running = await startTestNode({ WORKER_CONSUMERS: "100000" });
  await using edge = await TestEdge.connect(running.port);
  await using bystander = await TestEdge.connect(running.port);
  const roomId = newRoomId();
  const publishers = Array.from({ length: 13 }, () => new TestPerson(edge, roomId));
  const trackIds: string[] = [];
  for (const person of publishers) {
    await person.open();
    for (let n = 0; n < MAX_PEER_TRACKS; n++) {
      const trackId = crypto.randomUUID();
      const source = n % 2 === 0 ? "camera" : "microphone";
      const track = { trackId, source, muted: false, rtpParameters: boundary(source) };
      await edge.must("track.publish", { ...person.ids, ...track });
      trackIds.push(trackId);
    }
  }
  const watcher = new TestPerson(bystander, roomId);
  const { consumers } = await watcher.open({ videos: MAX_FIRST_VIDEOS });
  assert.equal(consumers.length, MAX_FIRST_AUDIO + MAX_FIRST_VIDEOS);
  await watcher.show(...trackIds.slice(0, 100).map((trackId): [string, number] => [trackId, 100]));
  const sent = running.node.rooms.get(roomId)!.peers.get(watcher.peerId)!;
  assert.equal(sent.subscriptions, 100);
  bystander.notices.splice(0);
  await bystander.must("peer.adopt", { ...watcher.ids, sendId: null, live: true });
  await until("all of them", () => {
    const told = bystander.notices.flatMap((notice) =>
      notice.type === "consumers.opened" ? notice.consumers : []
    );
    return new Set(told.map(({ trackId }) => trackId)).size === 100;
  });
});

test("[K11] a track with the most layers is piped to another node; more layers are refused on publishing", async () => {
  await using here = await startSite("fra");
  await using there = await startSite("ber");
  const room = new TestRoom(newRoomId());
  await room.put(here, there);
  const publisher = await room.enter(here);
  const watcher = await room.enter(there);
  const layers = (count: number) => ({
    ...makeRtpParameters("camera"),
    encodings: Array.from({ length: count }, (_, n) => ({ ssrc: 1_000 + n, rtx: { ssrc: 2_000 + n } })),
  });
  const publish = (rtpParameters: object, trackId: string) =>
    here.edge.ask("track.publish", {
      ...publisher.ids,
      trackId,
      source: "camera",
      muted: false,
      rtpParameters,
    });
  const [most, tooMany] = [crypto.randomUUID(), crypto.randomUUID()];
  const refused = await publish(layers(MAX_ENCODINGS + 1), tooMany);
  assert.equal("refused" in refused && refused.refused, "track.invalid");
  assert.ok("ok" in await publish(layers(MAX_ENCODINGS), most));
  await there.edge.notice(
    "consumers.opened",
    ({ peerId, consumers }) => peerId === watcher.peerId && consumers.some(({ trackId }) => trackId === most),
  );
});

test("a stream of malformed messages on a shared connection affects no other room on it", async () => {
  const lines: string[] = [];
  await using running = await startTestNode({}, logTo((level, event) => lines.push(`${level} ${event}`)));
  await using edge = await TestEdge.connect(running.port);
  const person = new TestPerson(edge, newRoomId());
  person.offer = makeOffer();
  for (let n = 0; n < 500; n++) {
    edge.sendRaw("{");
    edge.sendRaw(JSON.stringify({ type: "peer.close", id: 1 }));
    edge.sendRaw(new Uint8Array(10));
  }
  const answer = await edge.ask("view.set", { ...person.ids, tracks: many(101, viewTrack) });
  assert.equal("refused" in answer && answer.refused, "request.malformed");
  await person.open();
  const complaints = lines.filter((line) => !line.startsWith("info")).length;
  assert.ok(complaints < 20, `${complaints} lines in the log`);
  assert.ok(JSON.stringify(ROUTER_RTP_CAPABILITIES).length < MAX_CAPABILITIES_CHARS);
});
