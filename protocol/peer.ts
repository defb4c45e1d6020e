import * as v from "valibot";
import { NodeId, TrackId } from "./ids.ts";
import { Finite, JsonObject, message } from "./message.ts";
import { list, record, strictObject } from "./object.ts";

/** SHA-256 fingerprint of a DTLS certificate, upper-case hex pairs joined by ':'. */
export const Fingerprint = v.pipe(v.string(), v.regex(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/));
export type Fingerprint = v.InferOutput<typeof Fingerprint>;

export const Direction = v.picklist(["send", "recv"]);
export type Direction = v.InferOutput<typeof Direction>;

/** Round trips to media nodes as a client measured them, ms, by node. */
export const RttByNode = v.pipe(
  record(NodeId, v.pipe(v.number(), v.minValue(0), v.maxValue(60_000))),
  v.check((rtts) => Object.keys(rtts).length <= 100, "tooLong"),
);
export type RttByNode = v.InferOutput<typeof RttByNode>;

/** Why somebody is on a media node, for them to read. */
export const PLACE_REASONS = [
  /** It is the nearest, as measured. */
  "nearest",
  /** Others of the meeting are there, and none is nearer by much. */
  "together",
  /** The nearer ones have enough to do. */
  "load",
  /** Nothing was measured. */
  "unmeasured",
] as const;
/** Why somebody is on the node that they are on. */
export const PlaceReason = v.picklist(PLACE_REASONS);
export type PlaceReason = (typeof PLACE_REASONS)[number];

/** A media node that a client may measure the way to. */
export const NodeOption = strictObject({
  nodeId: NodeId,
  /** Where it is, as its operator calls it; null: it does not say. */
  region: v.nullable(v.string()),
  /** A WebSocket that sends back what it gets; null: it cannot be measured. */
  probeUrl: v.nullable(v.string()),
});
export type NodeOption = v.InferOutput<typeof NodeOption>;

/** What a client brings to get its media path: sent once, ahead of any transport, so that nothing waits for a second exchange. */
export const PeerOffer = strictObject({
  /** mediasoup-client's `device.recvRtpCapabilities`. */
  capabilities: JsonObject,
  /** Of the certificates that the client will use on its two transports. */
  sendFingerprint: Fingerprint,
  recvFingerprint: Fingerprint,
});
export type PeerOffer = v.InferOutput<typeof PeerOffer>;

/** A transport, as mediasoup names it: a UUID. */
export const TransportId = v.pipe(v.string(), v.maxLength(36));

/** What mediasoup-client needs to make a transport. The node has called `connect()` already. */
export const TransportInfo = strictObject({
  id: TransportId,
  iceParameters: JsonObject,
  iceCandidates: v.array(JsonObject),
  dtlsParameters: JsonObject,
  sctpParameters: JsonObject,
});
export type TransportInfo = v.InferOutput<typeof TransportInfo>;

/** One track on its way to one client. */
export const ConsumerInfo = strictObject({
  /** Its id at the media node. */
  consumerId: v.string(),
  trackId: TrackId,
  /** What is in it. */
  kind: v.picklist(["audio", "video"]),
  /** Tracks with the same stream id are played in sync: a person's microphone and camera, or their screen and its sound. */
  streamId: v.string(),
  rtpParameters: JsonObject,
});
export type ConsumerInfo = v.InferOutput<typeof ConsumerInfo>;

/** A client's media path on a node: one transport each way, and the consumers prepared for its first view. */
export const PeerAnswer = strictObject({
  nodeId: NodeId,
  send: TransportInfo,
  recv: TransportInfo,
  consumers: v.array(ConsumerInfo),
  /** Tracks that do not reach the node now, as in `media.interrupted`; not there: all do. */
  interrupted: v.optional(v.array(TrackId)),
  /** Tracks of people of whom nothing comes now, as in `media.interrupted`; not there: of all something does. */
  silent: v.optional(v.array(TrackId)),
  /** The edge adds why it is this node. */
  why: v.optional(PlaceReason),
});
export type PeerAnswer = v.InferOutput<typeof PeerAnswer>;

/** Most tracks that one view may name. */
export const MAX_VIEW_TRACKS = 100;

/** One track that the screen shows (or the speakers play), and how large, in device pixels; 0 × 0 for audio. */
export const ViewTrack = strictObject({
  trackId: TrackId,
  width: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(16384)),
  height: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(16384)),
  /** Who gets bandwidth first, 1 (last) to 255 (first). */
  priority: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(255)),
});
export type ViewTrack = v.InferOutput<typeof ViewTrack>;

/** How much media a node has sent on one path, bytes; retransmissions are not counted. */
export const SentBytes = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

export const peerUp = {
  /** Asks for a (new) media path; the one before, if any, is closed. Answered by `peer.opened` or `peer.closed`. */
  "peer.open": message("peer.open", { offer: PeerOffer }),
  /** The client has measured the media nodes (again). */
  "rtt.measured": message("rtt.measured", { rttByNode: RttByNode }),
  /** The client receives and sends all through this node: what other nodes still have of it may go. */
  "peer.settled": message("peer.settled", { nodeId: NodeId }),
  /** Everything that the client wants to receive now; what it does not name is stopped. Repeating it is harmless. */
  "view.set": message("view.set", { tracks: list(ViewTrack, MAX_VIEW_TRACKS) }),
  /** The client has decoded nothing of a track that it should see or hear: asks for a key frame, and to be told of its consumer once more. */
  "track.refresh": message("track.refresh", { trackId: TrackId }),
  /** The path under a transport broke: asks for new ICE parameters. Answered by `transport.restarted`. `path`: whose it is. */
  "transport.restart": message("transport.restart", {
    direction: Direction,
    path: v.optional(TransportId),
  }),
  /** Nothing arrives any more: asks how much the node has sent. Answered by `peer.checked`, or not at all. */
  "peer.check": message("peer.check", {}),
};

export const peerDown = {
  "peer.opened": message("peer.opened", { answer: PeerAnswer }),
  /**
   * There is no media path (any more): the node is gone, or took nobody. The client may send `peer.open` again after `retryAfterMs`. `path`: the one
   * that is meant; somebody who has another by now keeps it.
   */
  "peer.closed": message("peer.closed", { retryAfterMs: Finite, path: v.optional(TransportId) }),
  /**
   * The client's media is on another node from now on, connected to the fingerprints of the offer that it made last: there it
   * receives, and publishes its tracks again under the same ids. What it had lives on while it can, until `peer.settled`.
   */
  "peer.moved": message("peer.moved", { answer: PeerAnswer }),
  /**
   * The tracks that do not reach the client's node now, all of them; `silent`: those of people who share a screen and of whom nothing comes at
   * all. The newest wins, empty: all is well. Heals by itself.
   */
  "media.interrupted": message("media.interrupted", {
    trackIds: v.array(TrackId),
    silent: v.optional(v.array(TrackId)),
  }),
  /** `path`: the one that they come on; it may be ahead of the answer that names it. */
  "consumers.opened": message("consumers.opened", { path: TransportId, consumers: v.array(ConsumerInfo) }),
  "consumers.closed": message("consumers.closed", { path: TransportId, trackIds: v.array(TrackId) }),
  "transport.restarted": message("transport.restarted", {
    path: TransportId,
    direction: Direction,
    iceParameters: JsonObject,
  }),
  /** Bytes of media that the node has sent to the client on the path of now. */
  "peer.checked": message("peer.checked", { sentBytes: SentBytes }),
  /** Who is heard now: audio tracks with their level, dBov, -127 (silence) to 0 (loudest); the loudest first. Empty: nobody. */
  "speakers": message("speakers", {
    speakers: v.array(strictObject({ trackId: TrackId, level: Finite })),
  }),
  /** The largest simulcast layer of one's own track that anyone wants now: -1 nobody wants it, 0 smallest. */
  "track.demand": message("track.demand", {
    trackId: TrackId,
    layer: v.pipe(v.number(), v.integer(), v.minValue(-1)),
  }),
};
