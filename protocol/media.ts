/**
 * The control channel between an edge and a media node: JSON over one WebSocket per (edge, node), many rooms on it.
 *
 * 1. The edge connects; the node sends `challenge`, the edge answers `auth`, the node answers `ready` (or closes with 4401). Both prove
 *    that they hold the cluster key and neither sends it (`controlProof`). Both say which versions they speak (`CHANNEL_VERSIONS`); where they have
 *    none in common, whoever notices closes with 4426.
 * 2. The edge sends requests `{id, type, …}`; each is answered once: `{id, ok}` or `{id, refused}`. After a reconnect an edge repeats what
 *    was not answered: every request is idempotent.
 * 3. The node sends notices (no id) about a peer to the edge that opened or adopted it last; about a room to the edges with peers in it;
 *    about itself to all.
 *
 * The same server takes other media nodes (`auth.node`), which then speak what cascade.ts says.
 */
import * as v from "valibot";
import { base64url, EdgeId, NodeId, ParticipantId, RoomId, TrackId } from "./ids.ts";
import { JsonObject, message } from "./message.ts";
import { nodeLoad, NodeProfile, Placement } from "./node.ts";
import {
  ConsumerInfo,
  Direction,
  MAX_VIEW_TRACKS,
  PeerAnswer,
  peerDown,
  PeerOffer,
  SentBytes,
  TransportId,
  ViewTrack,
} from "./peer.ts";
import { TrackSource } from "./track.ts";
import { list, object, strictObject } from "./object.ts";

export * from "./node.ts";

/**
 * Largest message on the control channel, bytes. What a sender can say at most is less (media/src/largest_test.ts): a `peer.open` answer with
 * 29 consumers of the longest RTP parameters takes 500 kB, of a browser's 50 kB.
 */
export const MAX_CONTROL_BYTES = 1024 * 1024;

/** How long a node keeps a peer whose edge is gone, ms: time for the client to resume at another edge. */
export const ORPHAN_TTL_MS = 20_000;

/** How long a node keeps a peer that was opened for a lobby and not started, ms. */
export const LOBBY_TTL_MS = 10 * 60_000;

/** Deadline of one request, ms; the edge then refuses with `media.unavailable`. */
export const CONTROL_DEADLINE_MS = 5_000;

/** Most tracks of one peer on one node: one of each source, and as many while they are swapped. */
export const MAX_PEER_TRACKS = 8;

/** Most video tracks of a first view, and most audio tracks. */
export const MAX_FIRST_VIDEOS = 9;
export const MAX_FIRST_AUDIO = 20;

/** Most consumers in one `consumers.opened`, and most tracks of either kind in one `room.interrupted`; a node leaves out what is more of those. */
export const MAX_TOLD_CONSUMERS = 25;
export const MAX_TOLD_TRACKS = 2_000;

/** Close code for a failed proof. */
export const CONTROL_UNAUTHORIZED = 4401;

const Nonce = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{22}$/));
const Proof = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/));
/** A keyed hash, base32; the node cannot tell an address from it. */
const Origin = v.pipe(v.string(), v.regex(/^[a-z2-7]{26}$/));
const RequestId = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

/** Who is meant: a person's media in a room. Peer ids are participant ids; the node knows nothing else of a person. */
const peer = { roomId: RoomId, peerId: ParticipantId };

function request<const Type extends string, Entries extends v.ObjectEntries>(type: Type, entries: Entries) {
  return strictObject({ id: RequestId, type: v.literal(type), ...entries });
}

const Version = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
/** Oldest and newest version of a channel that somebody speaks. */
export const ChannelVersions = v.tuple([Version, Version]);
export type ChannelVersions = v.InferOutput<typeof ChannelVersions>;

/**
 * What this build speaks on the control and cascade channels. A change that an older edge or node would misread makes a new version; the one before is
 * spoken for as long as both may be in one cluster.
 */
export const CHANNEL_VERSIONS: ChannelVersions = [1, 1];

/** The newest version that both sides speak; undefined: there is none. */
export function agreedVersion(one: ChannelVersions, other: ChannelVersions): number | undefined {
  const newest = Math.min(one[1], other[1]);
  return newest >= Math.max(one[0], other[0]) ? newest : undefined;
}

/** A first message. What another release says in it besides is left out: it is read before the sides know each other's version. */
function greeting<const Type extends string, Entries extends v.ObjectEntries>(type: Type, entries: Entries) {
  return object({ type: v.literal(type), versions: ChannelVersions, ...entries });
}

/** First messages, both ways. `ready` names the version that both speak from then on. */
export const controlHandshake = {
  challenge: greeting("challenge", { nodeId: NodeId, nonce: Nonce }),
  auth: greeting("auth", { edgeId: EdgeId, nonce: Nonce, proof: Proof }),
  "auth.node": greeting("auth.node", { node: NodeProfile, nonce: Nonce, proof: Proof }),
  ready: message("ready", { version: Version, proof: Proof, node: NodeProfile }),
};

/** What an edge asks of a node. */
const track = { trackId: TrackId, source: TrackSource, muted: v.boolean(), rtpParameters: JsonObject };

/** A track, as its client published it. */
export const PublishedTrack = strictObject(track);
export type PublishedTrack = v.InferOutput<typeof PublishedTrack>;

export const mediaRequests = {
  /**
   * Says where the room is and may be. The node gets the tracks of the other nodes from them, and pipes what its people want; it lets go of
   * nodes that are not named any more. What is not newer than it knows, or about a room that it does not have, is answered and has no
   * effect. Refused with `node.outside` when the room may not be on this node (any more): its people here are closed then.
   */
  "room.place": request("room.place", { roomId: RoomId, placement: Placement }),
  /**
   * Takes nobody any more. The edges, told by `load`, move its people elsewhere; the process ends when none is left or after `deadlineMs`.
   * The first deadline counts.
   */
  "node.drain": request("node.drain", {
    deadlineMs: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(24 * 3_600_000)),
  }),
  /**
   * Makes both transports of a peer (connected to the offered fingerprints at once) and consumers for an automatic first view: every audio
   * track of the room up to 20 and the newest `videos` video tracks, never the peer's own. `live: false` (the lobby): the consumers are
   * paused until `peer.start`, and the peer may not publish. `blind`: who must not know (yet) who is inside; until `peer.start` there are
   * transports and nothing else. A peer of the same id with other fingerprints is replaced, its tracks end;
   * with the same fingerprints it is answered again as it is, unless it is live, or not blind, and must not be any more: then it is replaced. The automatic view follows the room until the first `view.set`. Tracks of
   * other nodes that are not piped yet come by `consumers.opened`. `placement` is taken as by `room.place`. `beside` names a node that drains
   * and that the peer's media comes from as yet; null: there is none (K12). `tracks` are received ahead of the client's word, as it will send them
   * anew if it goes on as before: so the others learn of them with their own answers. What its `track.publish` says counts.
   */
  "peer.open": request("peer.open", {
    ...peer,
    placement: Placement,
    offer: PeerOffer,
    live: v.boolean(),
    blind: v.boolean(),
    beside: v.nullable(NodeId),
    videos: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_FIRST_VIDEOS)),
    /** Stands for the network that the person comes from, the same for all of it at every edge; null: the edge does not say. */
    origin: v.optional(v.nullable(Origin), null),
    /** The room belongs to a tenant. */
    isOfHouse: v.optional(v.boolean(), false),
    /** What the peer published on a node that is lost. */
    tracks: v.optional(list(PublishedTrack, MAX_PEER_TRACKS), []),
  }),
  /** Lets a lobby peer in: resumes its consumers, asks for key frames, allows it to publish. */
  "peer.start": request("peer.start", peer),
  /**
   * Takes a peer over from another edge. Refused with `peer.unknown` when the node does not have it (any more), or has one that sends on another
   * transport than `sendId`; null: whichever it is. `live: false` says that the person is not in the room: a peer that was started is closed,
   * and unknown from then on.
   */
  "peer.adopt": request("peer.adopt", { ...peer, sendId: v.nullable(TransportId), live: v.boolean() }),
  /** The edge has no say in the peer any more: as if that edge were gone. Nothing, when another has adopted it. */
  "peer.release": request("peer.release", peer),
  /** Ends a peer. `unseen`: it was live, and the room's log does not have the person; the node counts that. */
  "peer.close": request("peer.close", { ...peer, unseen: v.optional(v.literal(true)) }),
  /**
   * What the node has of the peers that the edge has a say in, and of those that no edge has a say in now: at most REPORTED_PEERS, in the
   * order in which they came, from the one behind `after` on. Edges compare it with their rooms' logs, and repair what differs.
   */
  "peers.report": request("peers.report", { after: v.pipe(v.number(), v.safeInteger(), v.minValue(0)) }),
  /**
   * A track that the same peer publishes on another node meanwhile (it is moving) goes over to this one; nobody loses it. The same track with
   * other parameters takes the place of the one before.
   */
  "track.publish": request("track.publish", { ...peer, ...track }),
  "track.mute": request("track.mute", { ...peer, trackId: TrackId, muted: v.boolean() }),
  "track.close": request("track.close", { ...peer, trackId: TrackId }),
  /**
   * The node makes the peer's consumers match: creates, closes, pauses, resumes, chooses layers. Unknown tracks are remembered until they appear. Of
   * those that wait for their turn one after another, the last is carried out and the others are answered with it.
   */
  "view.set": request("view.set", {
    ...peer,
    tracks: list(ViewTrack, MAX_VIEW_TRACKS),
  }),
  "track.refresh": request("track.refresh", { ...peer, trackId: TrackId }),
  /** Refused with `peer.unknown` when the peer has another path than `path`, with `share.spent` when it asks too often. */
  "transport.restart": request("transport.restart", {
    ...peer,
    direction: Direction,
    path: v.optional(TransportId),
  }),
  /** How much the node has sent to the peer. Refused with `share.spent` when it asks too often. */
  "peer.check": request("peer.check", peer),
};

/** Most peers in one report. With 8 tracks each they take about 150 kB. */
export const REPORTED_PEERS = 200;

/** Somebody's media as a node has it. */
export const ReportedPeer = strictObject({
  ...peer,
  /** Id of the transport that it sends on. */
  sendId: TransportId,
  /** Not in the lobby: it sends and receives. */
  live: v.boolean(),
  /** The asking edge has a say in it; else no edge has now. */
  mine: v.boolean(),
  /** How many tracks are sent to it, those that are muted not counted. */
  receives: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  tracks: list(strictObject({ trackId: TrackId, muted: v.boolean() }), MAX_PEER_TRACKS),
});
export type ReportedPeer = v.InferOutput<typeof ReportedPeer>;

/** `next`: `after` of the next request; null: there are no more. */
export const PeersReport = strictObject({
  peers: list(ReportedPeer, REPORTED_PEERS),
  next: v.nullable(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
});
export type PeersReport = v.InferOutput<typeof PeersReport>;

/** Why a node refuses a request. */
export const MEDIA_REFUSALS = [
  "peer.unknown",
  "peer.notStarted",
  "track.unknown",
  "track.idTaken",
  "track.invalid",
  "offer.invalid",
  /** It is no request, or none that this node knows; the connection goes on. */
  "request.malformed",
  "node.full",
  /** The room, or the network that the person comes from, has its share of a node that is busy; or a path has been restarted or checked too often. */
  "share.spent",
  "node.draining",
  "node.outside",
  "node.failed",
] as const;
export type MediaRefusal = (typeof MEDIA_REFUSALS)[number];

/** What each request is answered with when it goes well; null: nothing to say. */
export const mediaAnswers = {
  "room.place": v.null(),
  "node.drain": v.null(),
  "peer.open": PeerAnswer,
  "peer.start": v.null(),
  "peer.adopt": v.null(),
  "peer.release": v.null(),
  "peer.close": v.null(),
  "peers.report": PeersReport,
  "track.publish": v.null(),
  "track.mute": v.null(),
  "track.close": v.null(),
  "view.set": v.null(),
  "track.refresh": v.null(),
  "transport.restart": strictObject({ path: TransportId, iceParameters: JsonObject }),
  "peer.check": strictObject({ sentBytes: SentBytes }),
};
export type MediaAnswers = {
  [Type in keyof typeof mediaAnswers]: v.InferOutput<(typeof mediaAnswers)[Type]>;
};

export const mediaAnswer = v.union([
  strictObject({ id: RequestId, ok: v.nullable(v.unknown()) }),
  strictObject({ id: RequestId, refused: v.picklist(MEDIA_REFUSALS) }),
]);

/** What a node tells without being asked. */
export const mediaNotices = {
  "consumers.opened": message("consumers.opened", {
    ...peer,
    path: TransportId,
    consumers: v.array(ConsumerInfo),
  }),
  "consumers.closed": message("consumers.closed", {
    ...peer,
    path: TransportId,
    trackIds: v.array(TrackId),
  }),
  /** Largest layer of the peer's own track that anyone wants; -1: nobody wants it. */
  "track.demand": message("track.demand", {
    ...peer,
    trackId: TrackId,
    layer: peerDown["track.demand"].entries.layer,
  }),
  /**
   * The node closed the peer by itself: nobody adopted it in time, it waited in the lobby for too long, its worker died, the room may not be
   * here any more, or the node ends.
   */
  "peer.closed": message("peer.closed", {
    ...peer,
    why: v.picklist(["orphaned", "waited", "failed", "outside", "drained"]),
  }),
  /** Who is heard, wherever they are; sent to every edge with peers in the room. */
  "speakers": message("speakers", { roomId: RoomId, speakers: peerDown.speakers.entries.speakers }),
  /**
   * Nodes of the room whose tracks do not arrive here now, and those tracks; `silent`: tracks of people of whom their own node gets no packet.
   * The newest wins, empty: all is well. Heals by itself.
   */
  "room.interrupted": message("room.interrupted", {
    roomId: RoomId,
    nodeIds: v.array(NodeId),
    trackIds: v.array(TrackId),
    silent: v.optional(v.array(TrackId)),
  }),
  /** Once a second, and at once when the state changes. */
  "load": message("load", nodeLoad),
};

export type MediaRequest = v.InferOutput<(typeof mediaRequests)[keyof typeof mediaRequests]>;
export type MediaRequestOf<Type extends MediaRequest["type"]> = Extract<MediaRequest, { type: Type }>;
export type MediaAnswer = v.InferOutput<typeof mediaAnswer>;
export type MediaNotice = v.InferOutput<(typeof mediaNotices)[keyof typeof mediaNotices]>;
export type MediaNoticeOf<Type extends MediaNotice["type"]> = Extract<MediaNotice, { type: Type }>;
export type ControlHandshake = v.InferOutput<(typeof controlHandshake)[keyof typeof controlHandshake]>;

/** Most cluster keys at once: the one in use, and one each that comes and goes in a rotation, with slack. */
export const MAX_CLUSTER_KEYS = 4;

/** Who speaks in a proof: an edge or a media node to the node it connects to, and that node in its answer. */
export type ControlSide = "edge" | "peer node" | "node";

/** `fromId` is the edge or node that connects, `nodeId` the one that it connects to. */
export interface ControlIds {
  readonly fromId: string;
  readonly nodeId: string;
  readonly fromNonce: string;
  readonly nodeNonce: string;
}

/**
 * Proof of holding a cluster key: HMAC-SHA256 over who speaks and both nonces, base64url (43 characters). The sides' texts differ, so that
 * none can send another's answer back.
 */
export async function controlProof(clusterKey: string, side: ControlSide, ids: ControlIds): Promise<string> {
  const mac = await crypto.subtle.sign("HMAC", await hmacKey(clusterKey, "sign"), proofText(side, ids));
  return base64url(new Uint8Array(mac));
}

/** The one of `clusterKeys` that `proof` was made with; undefined: none. Compares in constant time. */
export async function findProvedKey(
  clusterKeys: readonly string[],
  side: ControlSide,
  ids: ControlIds,
  proof: string,
): Promise<string | undefined> {
  const text = proofText(side, ids);
  for (const clusterKey of clusterKeys) {
    const key = await hmacKey(clusterKey, "verify");
    if (await crypto.subtle.verify("HMAC", key, bytesOf(proof), text)) return clusterKey;
  }
  return undefined;
}

/** Proof of a node that registers, and what it registers: HMAC-SHA256, base64url. A copy of it tells an edge only to call the node again. */
export async function registrationProof(
  clusterKey: string,
  { nodeId, controlUrl }: { readonly nodeId: string; readonly controlUrl: string },
): Promise<string> {
  const text = JSON.stringify(["tafelrunde registration 1", nodeId, controlUrl]);
  const mac = await crypto.subtle.sign(
    "HMAC",
    await hmacKey(clusterKey, "sign"),
    new TextEncoder().encode(text),
  );
  return base64url(new Uint8Array(mac));
}

function hmacKey(clusterKey: string, usage: "sign" | "verify"): Promise<CryptoKey> {
  const bytes = new TextEncoder().encode(clusterKey);
  return crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, [usage]);
}

function proofText(side: ControlSide, { fromId, nodeId, fromNonce, nodeNonce }: ControlIds) {
  const text = JSON.stringify(["tafelrunde control 2", side, fromId, nodeId, fromNonce, nodeNonce]);
  return new TextEncoder().encode(text);
}

function bytesOf(proof: string) {
  const text = atob(proof.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
