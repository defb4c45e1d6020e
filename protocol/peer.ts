import * as v from "valibot";
import { NodeId, TrackId } from "./ids.ts";
import { Finite, JsonObject, message } from "./message.ts";
import { list, record, strictObject } from "./object.ts";

/** SHA-256 fingerprint of a DTLS certificate, upper-case hex pairs joined by ':'. */
export const Fingerprint = v.pipe(v.string(), v.regex(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/));
export type Fingerprint = v.InferOutput<typeof Fingerprint>;

export const Direction = v.picklist(["send", "recv"]);
export type Direction = v.InferOutput<typeof Direction>;

/** Round-trip times to media nodes as measured by a client, ms, by node. */
export const RttByNode = v.pipe(
  record(NodeId, v.pipe(v.number(), v.minValue(0), v.maxValue(60_000))),
  v.check((rtts) => Object.keys(rtts).length <= 100, "tooLong"),
);
export type RttByNode = v.InferOutput<typeof RttByNode>;

/** Why a participant is on a media node, for display. */
export const PLACE_REASONS = [
  /** It is the nearest, as measured. */
  "nearest",
  /** Other participants of the meeting are on it, and no other node is much nearer. */
  "together",
  /** Nearer nodes are too busy. */
  "load",
  /** There are no measurements. */
  "unmeasured",
] as const;
/** Why the participant is on this node. */
export const PlaceReason = v.picklist(PLACE_REASONS);
export type PlaceReason = (typeof PLACE_REASONS)[number];

/** A media node that a client can measure the round trip to. */
export const NodeOption = strictObject({
  nodeId: NodeId,
  /** The node's region, as named by its operator; null: not given. */
  region: v.nullable(v.string()),
  /** A WebSocket that echoes what it receives; null: it cannot be measured. */
  probeUrl: v.nullable(v.string()),
});
export type NodeOption = v.InferOutput<typeof NodeOption>;

/**
 * What a client sends to get its media transports: once, before any transport exists, so that no second
 * exchange is needed.
 */
export const PeerOffer = strictObject({
  /** mediasoup-client's `device.recvRtpCapabilities`. */
  capabilities: JsonObject,
  /** Fingerprints of the certificates of the client's two transports. */
  sendFingerprint: Fingerprint,
  recvFingerprint: Fingerprint,
});
export type PeerOffer = v.InferOutput<typeof PeerOffer>;

/** mediasoup's id of a transport: a UUID. */
export const TransportId = v.pipe(v.string(), v.maxLength(36));

/** What mediasoup-client needs to create a transport. The node has already called `connect()`. */
export const TransportInfo = strictObject({
  id: TransportId,
  iceParameters: JsonObject,
  iceCandidates: v.array(JsonObject),
  dtlsParameters: JsonObject,
  sctpParameters: JsonObject,
});
export type TransportInfo = v.InferOutput<typeof TransportInfo>;

/** One track sent to one client. */
export const ConsumerInfo = strictObject({
  /** Its id at the media node. */
  consumerId: v.string(),
  trackId: TrackId,
  /** Kind of the track. */
  kind: v.picklist(["audio", "video"]),
  /**
   * Tracks with the same stream id are played in sync: a participant's microphone and camera, or their screen
   * and its audio.
   */
  streamId: v.string(),
  rtpParameters: JsonObject,
});
export type ConsumerInfo = v.InferOutput<typeof ConsumerInfo>;

/**
 * A client's media transports on a node: one in each direction, and the consumers prepared for its first
 * view.
 */
export const PeerAnswer = strictObject({
  nodeId: NodeId,
  send: TransportInfo,
  recv: TransportInfo,
  consumers: v.array(ConsumerInfo),
  /** Tracks that currently do not reach the node, as in `media.interrupted`; absent: all do. */
  interrupted: v.optional(v.array(TrackId)),
  /** Tracks whose publishers currently send nothing, as in `media.interrupted`; absent: none. */
  silent: v.optional(v.array(TrackId)),
  /** Why this node was chosen; added by the edge. */
  why: v.optional(PlaceReason),
});
export type PeerAnswer = v.InferOutput<typeof PeerAnswer>;

/** Most tracks in one view. */
export const MAX_VIEW_TRACKS = 100;

/** One track that the client shows or plays, and its size in device pixels; 0 × 0 for audio. */
export const ViewTrack = strictObject({
  trackId: TrackId,
  width: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(16384)),
  height: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(16384)),
  /** Order in which tracks get bandwidth, 1 (last) to 255 (first). */
  priority: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(255)),
});
export type ViewTrack = v.InferOutput<typeof ViewTrack>;

/** Media that a node has sent on one transport, bytes; not counting retransmissions. */
export const SentBytes = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

export const peerUp = {
  /**
   * Requests (new) media transports; any earlier ones are closed. Answered by `peer.opened` or `peer.closed`.
   */
  "peer.open": message("peer.open", { offer: PeerOffer }),
  /** The client has measured the media nodes (again). */
  "rtt.measured": message("rtt.measured", { rttByNode: RttByNode }),
  /** The client sends and receives everything through this node: other nodes can drop its old transports. */
  "peer.settled": message("peer.settled", { nodeId: NodeId }),
  /**
   * Everything that the client wants to receive now; all other tracks are stopped. Repeating it is harmless.
   */
  "view.set": message("view.set", { tracks: list(ViewTrack, MAX_VIEW_TRACKS) }),
  /**
   * The client has decoded nothing of a track that it should play: requests a key frame, and its consumer
   * again.
   */
  "track.refresh": message("track.refresh", { trackId: TrackId }),
  /**
   * The network path of a transport broke: requests new ICE parameters. Answered by `transport.restarted`.
   * `path`: the send transport of the media in question.
   */
  "transport.restart": message("transport.restart", {
    direction: Direction,
    path: v.optional(TransportId),
  }),
  /** Nothing arrives anymore: asks how much the node has sent. Answered by `peer.checked`, or not at all. */
  "peer.check": message("peer.check", {}),
};

export const peerDown = {
  "peer.opened": message("peer.opened", { answer: PeerAnswer }),
  /**
   * There are no media transports (anymore): the node is gone, or no node accepted the client. The client can
   * send `peer.open` again after `retryAfterMs`. `path`: the transports in question; a client with newer ones
   * keeps them.
   */
  "peer.closed": message("peer.closed", { retryAfterMs: Finite, path: v.optional(TransportId) }),
  /**
   * The client's media is on another node from now on, connected to the fingerprints of its last offer: it
   * receives there, and publishes its tracks again with the same ids. The old transports live on while they
   * can, until `peer.settled`. `lost`: the old node is gone, and nothing passes through them any more.
   */
  "peer.moved": message("peer.moved", { answer: PeerAnswer, lost: v.optional(v.boolean()) }),
  /**
   * All tracks that currently do not reach the client's node; `silent`: tracks of participants who share a
   * screen and currently send nothing at all. The newest message replaces earlier ones; empty: all is well.
   * Recovers without intervention.
   */
  "media.interrupted": message("media.interrupted", {
    trackIds: v.array(TrackId),
    silent: v.optional(v.array(TrackId)),
  }),
  /** `path`: the transports that carry them; this can arrive before the answer that names those. */
  "consumers.opened": message("consumers.opened", { path: TransportId, consumers: v.array(ConsumerInfo) }),
  "consumers.closed": message("consumers.closed", { path: TransportId, trackIds: v.array(TrackId) }),
  "transport.restarted": message("transport.restarted", {
    path: TransportId,
    direction: Direction,
    iceParameters: JsonObject,
  }),
  /** Bytes of media that the node has sent to the client on the current transport. */
  "peer.checked": message("peer.checked", { sentBytes: SentBytes }),
  /**
   * Current speakers: audio tracks with their level, dBov, -127 (silence) to 0 (loudest); loudest first.
   * Empty: nobody speaks.
   */
  "speakers": message("speakers", {
    speakers: v.array(strictObject({ trackId: TrackId, level: Finite })),
  }),
  /**
   * The largest simulcast layer of the client's own track that any consumer wants now: -1 none, 0 the
   * smallest.
   */
  "track.demand": message("track.demand", {
    trackId: TrackId,
    layer: v.pipe(v.number(), v.integer(), v.minValue(-1)),
  }),
};
