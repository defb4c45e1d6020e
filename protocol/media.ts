/**
 * The control channel between an edge and a media node: JSON over one WebSocket per (edge, node), many rooms on it.
 *
 * 1. The edge connects; the node sends `challenge`, the edge answers `auth`, the node answers `ready` (or closes with 4401). Both prove
 *    that they hold the cluster key and neither sends it (`controlProof`).
 * 2. The edge sends requests `{id, type, …}`; each is answered once: `{id, ok}` or `{id, refused}`. After a reconnect an edge repeats what
 *    was not answered: every request is idempotent.
 * 3. The node sends notices (no id) about a peer to the edge that opened or adopted it last; about a room and itself to all.
 */
import * as v from "valibot";
import { base64url, EdgeId, NodeId, ParticipantId, RoomId, TrackId } from "./ids.ts";
import { JsonObject, message } from "./message.ts";
import { ConsumerInfo, Direction, PeerAnswer, peerDown, PeerOffer, ViewTrack } from "./peer.ts";
import { TrackSource } from "./track.ts";

/** Largest message on the control channel, bytes. A `peer.open` answer with 100 consumers takes about 150 kB. */
export const MAX_CONTROL_BYTES = 1024 * 1024;

/** How long a node keeps a peer whose edge is gone, ms: time for the client to resume at another edge. */
export const ORPHAN_TTL_MS = 20_000;

/** How long a node keeps a peer that was opened for a lobby and not started, ms. */
export const LOBBY_TTL_MS = 10 * 60_000;

/** Deadline of one request, ms; the edge then refuses with `media.unavailable`. */
export const CONTROL_DEADLINE_MS = 5_000;

/** Close code for a failed proof. */
export const CONTROL_UNAUTHORIZED = 4401;

const Nonce = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{22}$/));
const Proof = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/));
const RequestId = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

/** Who is meant: a person's media in a room. Peer ids are participant ids; the node knows nothing else of a person. */
const peer = { roomId: RoomId, peerId: ParticipantId };

function request<const Type extends string, Entries extends v.ObjectEntries>(type: Type, entries: Entries) {
  return v.strictObject({ id: RequestId, type: v.literal(type), ...entries });
}

/** First messages, both ways. */
export const controlHandshake = {
  challenge: message("challenge", { nodeId: NodeId, nonce: Nonce }),
  auth: message("auth", { edgeId: EdgeId, nonce: Nonce, proof: Proof }),
  ready: message("ready", { proof: Proof }),
};

/** What an edge asks of a node. */
export const mediaRequests = {
  /**
   * Makes both transports of a peer (connected to the offered fingerprints at once) and consumers for an automatic first view: every audio
   * track of the room up to 20 and the newest `videos` video tracks, never the peer's own. `live: false` (the lobby): the consumers are
   * paused until `peer.start`, and the peer may not publish. `blind`: who must not know (yet) who is inside; until `peer.start` there are
   * transports and nothing else. A peer of the same id with other fingerprints is replaced, its tracks end;
   * with the same fingerprints it is answered again as it is. The automatic view follows the room until the first `view.set`.
   */
  "peer.open": request("peer.open", {
    ...peer,
    offer: PeerOffer,
    live: v.boolean(),
    blind: v.boolean(),
    videos: v.pipe(v.number(), v.integer()),
  }),
  /** Lets a lobby peer in: resumes its consumers, asks for key frames, allows it to publish. */
  "peer.start": request("peer.start", peer),
  /** Takes a peer over from another edge. Refused with `peer.unknown` when the node does not have it (any more). */
  "peer.adopt": request("peer.adopt", peer),
  "peer.close": request("peer.close", peer),
  "track.publish": request("track.publish", {
    ...peer,
    trackId: TrackId,
    source: TrackSource,
    muted: v.boolean(),
    rtpParameters: JsonObject,
  }),
  "track.mute": request("track.mute", { ...peer, trackId: TrackId, muted: v.boolean() }),
  "track.close": request("track.close", { ...peer, trackId: TrackId }),
  /** The node makes the peer's consumers match: creates, closes, pauses, resumes, chooses layers. Unknown tracks are remembered until they appear. */
  "view.set": request("view.set", { ...peer, tracks: v.array(ViewTrack) }),
  "track.refresh": request("track.refresh", { ...peer, trackId: TrackId }),
  "transport.restart": request("transport.restart", { ...peer, direction: Direction }),
};

/** Why a node refuses a request. */
export const MEDIA_REFUSALS = [
  "peer.unknown",
  "peer.notStarted",
  "track.unknown",
  "track.idTaken",
  "track.invalid",
  "node.full",
  "node.draining",
  "node.failed",
] as const;
export type MediaRefusal = (typeof MEDIA_REFUSALS)[number];

/** What each request is answered with when it goes well; null: nothing to say. */
export interface MediaAnswers {
  "peer.open": PeerAnswer;
  "peer.start": null;
  "peer.adopt": null;
  "peer.close": null;
  "track.publish": null;
  "track.mute": null;
  "track.close": null;
  "view.set": null;
  "track.refresh": null;
  "transport.restart": { iceParameters: JsonObject };
}

export const mediaAnswer = v.union([
  v.strictObject({ id: RequestId, ok: v.nullable(v.unknown()) }),
  v.strictObject({ id: RequestId, refused: v.picklist(MEDIA_REFUSALS) }),
]);

/** What a node tells without being asked. */
export const mediaNotices = {
  "consumers.opened": message("consumers.opened", { ...peer, consumers: v.array(ConsumerInfo) }),
  "consumers.closed": message("consumers.closed", { ...peer, trackIds: v.array(TrackId) }),
  /** Largest layer of the peer's own track that anyone wants; -1: nobody wants it. */
  "track.demand": message("track.demand", {
    ...peer,
    trackId: TrackId,
    layer: peerDown["track.demand"].entries.layer,
  }),
  /** The node closed the peer by itself: its worker died, or nobody adopted it in time. */
  "peer.closed": message("peer.closed", peer),
  /** Sent to every edge with peers in the room. */
  "speakers": message("speakers", { roomId: RoomId, speakers: peerDown.speakers.entries.speakers }),
  /** Once a second. */
  "load": message("load", {
    /** Share of one core that the busiest worker uses, 0 to 1. */
    cpu: v.number(),
    peers: v.number(),
    producers: v.number(),
    consumers: v.number(),
    rooms: v.number(),
    /** Bits per second sent and received by all transports, over the last second. */
    sendBps: v.number(),
    recvBps: v.number(),
  }),
};

export type MediaRequest = v.InferOutput<(typeof mediaRequests)[keyof typeof mediaRequests]>;
export type MediaRequestOf<Type extends MediaRequest["type"]> = Extract<MediaRequest, { type: Type }>;
export type MediaAnswer = v.InferOutput<typeof mediaAnswer>;
export type MediaNotice = v.InferOutput<(typeof mediaNotices)[keyof typeof mediaNotices]>;
export type MediaNoticeOf<Type extends MediaNotice["type"]> = Extract<MediaNotice, { type: Type }>;
export type ControlHandshake = v.InferOutput<(typeof controlHandshake)[keyof typeof controlHandshake]>;

/**
 * Proof of holding the cluster key: HMAC-SHA256 over who speaks and both nonces, base64url (43 characters). The two sides' texts differ,
 * so that neither can send the other's answer back.
 */
export async function controlProof(
  clusterKey: string,
  side: "edge" | "node",
  ids: { edgeId: string; nodeId: string; edgeNonce: string; nodeNonce: string },
): Promise<string> {
  const encoder = new TextEncoder();
  const key = await crypto.subtle.importKey(
    "raw",
    encoder.encode(clusterKey),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  const text = JSON.stringify([
    "tafelrunde control 1",
    side,
    ids.edgeId,
    ids.nodeId,
    ids.edgeNonce,
    ids.nodeNonce,
  ]);
  return base64url(new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode(text))));
}
