/**
 * The control channel between an edge and a media node: JSON over one WebSocket per (edge, node), shared by
 * many rooms.
 * 1. The edge connects; the node sends `challenge`, the edge answers `auth`, the node answers `ready` (or
 *   closes with 4401). Both prove that they hold the cluster key, and neither sends it (`controlProof`). Both
 *   state which versions they speak (`CHANNEL_VERSIONS`); if they have none in common, the side that notices
 *   closes with 4426.
 * 2. The edge sends requests `{id, type, …}`; each is answered once: `{id, ok}` or `{id, refused}`. After a
 *   reconnect the edge repeats unanswered requests: every request is idempotent.
 * 3. The node sends notices (no id): about a peer to the edge that opened or adopted it last; about a room to
 *   the edges with peers in it; about itself to all.
 * The same server accepts other media nodes (`auth.node`), which then speak cascade.ts.
 */
import * as v from "valibot";
import { EdgeId, NodeId, ParticipantId, RoomId, SpaceId, TrackId } from "./ids.ts";
import { base64url } from "./new_ids.ts";
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
import { MAX_MOVED } from "./space.ts";
import { MAX_ADDRESSED, TrackSource } from "./track.ts";
import { list, object, strictObject } from "./object.ts";

export * from "./node.ts";

/**
 * Largest message on the control channel, bytes. Valid messages are smaller (media/src/largest_test.ts): a
 * `peer.open` answer with 29 consumers takes 500 kB with the longest RTP parameters, 50 kB with a browser's.
 */
export const MAX_CONTROL_BYTES = 1024 * 1024;

/** How long a node keeps a peer whose edge is gone, ms: time for the client to resume at another edge. */
export const ORPHAN_TTL_MS = 20_000;

/** How long a node keeps a peer that was opened for the lobby and not started, ms. */
export const LOBBY_TTL_MS = 10 * 60_000;

/** Timeout of one request, ms; the edge then refuses with `media.unavailable`. */
export const CONTROL_DEADLINE_MS = 5_000;

/**
 * Most tracks of one peer on one node: one of each source, and as many again while they are being replaced.
 */
export const MAX_PEER_TRACKS = 8;

/** Most video and most audio tracks of a first view. */
export const MAX_FIRST_VIDEOS = 9;
export const MAX_FIRST_AUDIO = 20;

/**
 * Most consumers in one `consumers.opened`, and most tracks in either list of one `room.interrupted`; a node
 * leaves out any more of the latter.
 */
export const MAX_TOLD_CONSUMERS = 25;
export const MAX_TOLD_TRACKS = 2_000;

/** Close code for a failed proof. */
export const CONTROL_UNAUTHORIZED = 4401;

const Nonce = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{22}$/));
const Proof = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/));
/** Keyed hash of a network, base32; the node cannot derive the address from it. */
const Origin = v.pipe(v.string(), v.regex(/^[a-z2-7]{26}$/));
const RequestId = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

/**
 * Identifies one participant's media in a room. Peer ids are participant ids; the node knows nothing else
 * about a participant.
 */
const peer = { roomId: RoomId, peerId: ParticipantId };

function request<const Type extends string, Entries extends v.ObjectEntries>(type: Type, entries: Entries) {
  return strictObject({ id: RequestId, type: v.literal(type), ...entries });
}

const Version = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
/** Oldest and newest version of a channel that one side speaks. */
export const ChannelVersions = v.tuple([Version, Version]);
export type ChannelVersions = v.InferOutput<typeof ChannelVersions>;

/**
 * Versions that this build speaks on the control and cascade channels. A change that an older edge or node
 * would misread needs a new version; the previous one is supported for as long as both can be in one cluster.
 * - 2: spaces, and audiences of tracks. What concerns neither is the same in both: absent fields mean the
 *   main room and everyone, so that a side that speaks version 1 leaves out what it does not understand.
 */
export const CHANNEL_VERSIONS: ChannelVersions = [1, 2];

/** The first version of the channels that knows spaces. */
export const SPACES_CHANNEL = 2;

/** The newest version that both sides speak; undefined: there is none. */
export function agreedVersion(one: ChannelVersions, other: ChannelVersions): number | undefined {
  const newest = Math.min(one[1], other[1]);
  return newest >= Math.max(one[0], other[0]) ? newest : undefined;
}

/**
 * A first message. Unknown fields from other releases are ignored: it is read before the sides know each
 * other's version.
 */
function greeting<const Type extends string, Entries extends v.ObjectEntries>(type: Type, entries: Entries) {
  return object({ type: v.literal(type), versions: ChannelVersions, ...entries });
}

/** First messages, in both directions. `ready` names the version that both speak from then on. */
export const controlHandshake = {
  challenge: greeting("challenge", { nodeId: NodeId, nonce: Nonce }),
  auth: greeting("auth", { edgeId: EdgeId, nonce: Nonce, proof: Proof }),
  "auth.node": greeting("auth.node", { node: NodeProfile, nonce: Nonce, proof: Proof }),
  ready: message("ready", { version: Version, proof: Proof, node: NodeProfile }),
};

/** The only participants that get a track. */
const Audience = list(ParticipantId, MAX_ADDRESSED);

/** A published track, in requests of an edge. `audience` absent: everyone in the publisher's space. */
const track = {
  trackId: TrackId,
  source: TrackSource,
  muted: v.boolean(),
  rtpParameters: JsonObject,
  audience: v.optional(Audience),
};

/** A track as its client published it. */
export const PublishedTrack = strictObject(track);
export type PublishedTrack = v.InferOutput<typeof PublishedTrack>;

export const mediaRequests = {
  /**
   * Tells the node which nodes the room uses and which ones it is allowed to use. The node gets the tracks of
   * those nodes and pipes what its participants want; it drops nodes that are no longer listed. A placement
   * that is not newer, or is for a room that the node does not have, is answered and has no effect. Refused
   * with `node.outside` if the room may not be on this node (anymore): its participants here are then closed.
   */
  "room.place": request("room.place", { roomId: RoomId, placement: Placement }),
  /**
   * Stops accepting participants. The edges, notified by `load`, move the node's participants elsewhere; the
   * process exits when none is left or after `deadlineMs`. The first deadline counts.
   */
  "node.drain": request("node.drain", {
    deadlineMs: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(24 * 3_600_000)),
  }),
  /**
   * Creates both transports of a peer (connected to the offered fingerprints at once) and consumers for an
   * automatic first view: every audio track of the room up to 20 and the newest `videos` video tracks, never
   * the peer's own. `live: false` (the lobby): the consumers are paused until `peer.start`, and the peer may
   * not publish. `blind`: the participant may not know (yet) who is in the room; until `peer.start` there are
   * only transports. An existing peer with the same id and other fingerprints is replaced, and its tracks
   * end; with the same fingerprints it is kept and answered again, unless it is live, or not blind, and must
   * no longer be: then it is replaced. The automatic view follows the room until the first `view.set`. Tracks
   * of other nodes that are not piped yet come by `consumers.opened`. `placement` has the same effect as in
   * `room.place`. `beside` names a draining node that still sends the peer's media; null: none (K12).
   * `tracks` are accepted before the client publishes them, on the assumption that it sends them again
   * unchanged, so that the others receive them together with their own answers. What the client's
   * `track.publish` says takes precedence. `space`: where the participant is; absent: the main room.
   */
  "peer.open": request("peer.open", {
    ...peer,
    placement: Placement,
    offer: PeerOffer,
    live: v.boolean(),
    blind: v.boolean(),
    beside: v.nullable(NodeId),
    videos: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_FIRST_VIDEOS)),
    /**
     * Identifies the network that the participant comes from, the same at every edge; null: the edge does not
     * say.
     */
    origin: v.optional(v.nullable(Origin), null),
    /** Whether the room belongs to a tenant. */
    isOfTenant: v.optional(v.boolean(), false),
    /** The peer's tracks on a node that was lost. */
    tracks: v.optional(list(PublishedTrack, MAX_PEER_TRACKS), []),
    space: v.optional(SpaceId),
  }),
  /** Admits a lobby peer: resumes its consumers, requests key frames, allows it to publish. */
  "peer.start": request("peer.start", peer),
  /**
   * Takes a peer over from another edge. Refused with `peer.unknown` if the node does not have it (anymore),
   * or has one with another send transport than `sendId`; null: any. `live: false` says that the participant
   * is not in the room: a peer that was started is then closed and unknown from then on.
   */
  "peer.adopt": request("peer.adopt", { ...peer, sendId: v.nullable(TransportId), live: v.boolean() }),
  /**
   * Gives up the edge's control of the peer, as if the edge were gone. No effect if another edge has adopted
   * it.
   */
  "peer.release": request("peer.release", peer),
  /**
   * Closes a peer. `unseen`: it was live but its participant is not in the room's log; the node counts these.
   */
  "peer.close": request("peer.close", { ...peer, unseen: v.optional(v.literal(true)) }),
  /**
   * Moves peers that the edge controls into a space; null: the main room. From then on each gets tracks of
   * its own space only, by an automatic view until its next `view.set`, and its own tracks go to peers there.
   */
  "peers.move": request("peers.move", {
    roomId: RoomId,
    peerIds: list(ParticipantId, MAX_MOVED),
    space: v.nullable(SpaceId),
  }),
  /**
   * Lists the peers that this edge controls and those that no edge controls now: at most REPORTED_PEERS, in
   * order of creation, starting behind `after`. Edges compare them with their rooms' logs and repair
   * differences.
   */
  "peers.report": request("peers.report", { after: v.pipe(v.number(), v.safeInteger(), v.minValue(0)) }),
  /**
   * Publishes a track. If the same peer still publishes it on another node (it is moving), the track switches
   * to this node without loss. The same track with other parameters replaces the earlier one.
   */
  "track.publish": request("track.publish", { ...peer, ...track }),
  "track.mute": request("track.mute", { ...peer, trackId: TrackId, muted: v.boolean() }),
  "track.close": request("track.close", { ...peer, trackId: TrackId }),
  /** Only these peers of the publisher's space get the track from now on; null: all of them. */
  "track.audience": request("track.audience", {
    ...peer,
    trackId: TrackId,
    audience: v.nullable(Audience),
  }),
  /**
   * The node makes the peer's consumers match: creates, closes, pauses, resumes, chooses layers. Unknown
   * tracks are remembered until they appear. If several are queued, only the last is carried out and answers
   * for all.
   */
  "view.set": request("view.set", {
    ...peer,
    tracks: list(ViewTrack, MAX_VIEW_TRACKS),
  }),
  "track.refresh": request("track.refresh", { ...peer, trackId: TrackId }),
  /**
   * Refused with `peer.unknown` if the peer has another transport than `path`, with `share.spent` if it is
   * sent too often.
   */
  "transport.restart": request("transport.restart", {
    ...peer,
    direction: Direction,
    path: v.optional(TransportId),
  }),
  /** How much the node has sent to the peer. Refused with `share.spent` if it is sent too often. */
  "peer.check": request("peer.check", peer),
};

/** Most peers per report. With 8 tracks each they take about 150 kB. */
export const REPORTED_PEERS = 200;

/** One participant's media, as the node has it. */
export const ReportedPeer = strictObject({
  ...peer,
  /** Id of its send transport. */
  sendId: TransportId,
  /** Whether it sends and receives, that is, is not in the lobby. */
  live: v.boolean(),
  /** Whether the requesting edge controls it; otherwise no edge does now. */
  mine: v.boolean(),
  /** Number of tracks sent to it, not counting muted ones. */
  receives: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  /** Absent: the main room. */
  space: v.optional(SpaceId),
  tracks: list(
    strictObject({ trackId: TrackId, muted: v.boolean(), audience: v.optional(Audience) }),
    MAX_PEER_TRACKS,
  ),
});
export type ReportedPeer = v.InferOutput<typeof ReportedPeer>;

/** `next`: `after` of the next request; null: there are no more. */
export const PeersReport = strictObject({
  peers: list(ReportedPeer, REPORTED_PEERS),
  next: v.nullable(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
});
export type PeersReport = v.InferOutput<typeof PeersReport>;

/** Reasons for a node to refuse a request. */
export const MEDIA_REFUSALS = [
  "peer.unknown",
  "peer.notStarted",
  "track.unknown",
  "track.idTaken",
  "track.invalid",
  "offer.invalid",
  /** Not a request, or of an unknown type; the connection stays open. */
  "request.malformed",
  "node.full",
  /**
   * The room, or the participant's network, has used up its share of a busy node; or a transport was
   * restarted or checked too often.
   */
  "share.spent",
  "node.draining",
  "node.outside",
  "node.failed",
] as const;
export type MediaRefusal = (typeof MEDIA_REFUSALS)[number];

/** Answers to requests that succeed; null: no content. */
export const mediaAnswers = {
  "room.place": v.null(),
  "node.drain": v.null(),
  "peer.open": PeerAnswer,
  "peer.start": v.null(),
  "peer.adopt": v.null(),
  "peer.release": v.null(),
  "peer.close": v.null(),
  "peers.move": v.null(),
  "peers.report": PeersReport,
  "track.publish": v.null(),
  "track.mute": v.null(),
  "track.close": v.null(),
  "track.audience": v.null(),
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

/** Notices that a node sends unasked. */
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
  /** Largest layer of the peer's own track that any consumer wants; -1: none. */
  "track.demand": message("track.demand", {
    ...peer,
    trackId: TrackId,
    layer: peerDown["track.demand"].entries.layer,
  }),
  /**
   * The node closed the peer by itself: no edge adopted it in time, it stayed in the lobby for too long, its
   * worker died, the room may not be on this node anymore, or the node is shutting down.
   */
  "peer.closed": message("peer.closed", {
    ...peer,
    why: v.picklist(["orphaned", "waited", "failed", "outside", "drained"]),
  }),
  /**
   * Current speakers of a space, on any node; sent to every edge with peers there. `space` absent: the main
   * room. Whispers are not among them.
   */
  "speakers": message("speakers", {
    roomId: RoomId,
    space: v.optional(SpaceId),
    speakers: peerDown.speakers.entries.speakers,
  }),
  /**
   * Nodes of the room whose tracks currently do not arrive here, and those tracks; `silent`: tracks whose
   * publishers currently send no packets to their own node. The newest notice replaces earlier ones; empty:
   * all tracks arrive. Recovers without intervention.
   */
  "room.interrupted": message("room.interrupted", {
    roomId: RoomId,
    nodeIds: v.array(NodeId),
    trackIds: v.array(TrackId),
    silent: v.optional(v.array(TrackId)),
  }),
  /** Sent once a second, and immediately when the state changes. */
  "load": message("load", nodeLoad),
};

export type MediaRequest = v.InferOutput<(typeof mediaRequests)[keyof typeof mediaRequests]>;
export type MediaRequestOf<Type extends MediaRequest["type"]> = Extract<MediaRequest, { type: Type }>;
export type MediaAnswer = v.InferOutput<typeof mediaAnswer>;
export type MediaNotice = v.InferOutput<(typeof mediaNotices)[keyof typeof mediaNotices]>;
export type MediaNoticeOf<Type extends MediaNotice["type"]> = Extract<MediaNotice, { type: Type }>;
export type ControlHandshake = v.InferOutput<(typeof controlHandshake)[keyof typeof controlHandshake]>;

/**
 * Most cluster keys at once: the current one, one being added and one being removed in a rotation, with
 * slack.
 */
export const MAX_CLUSTER_KEYS = 4;

/**
 * The side that makes a proof: an edge or a media node towards the node it connects to, and that node in its
 * answer.
 */
export type ControlSide = "edge" | "peer node" | "node";

/** `fromId` is the edge or node that connects, `nodeId` the node that it connects to. */
export interface ControlIds {
  readonly fromId: string;
  readonly nodeId: string;
  readonly fromNonce: string;
  readonly nodeNonce: string;
}

/**
 * Proof of holding a cluster key: HMAC-SHA256 over the side and both nonces, base64url (43 characters). The
 * sides' texts differ, so that neither can send the other's proof back.
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

/**
 * Proof of a node that registers, over what it registers: HMAC-SHA256, base64url. A replayed copy only makes
 * an edge connect to the node again.
 */
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
