/**
 * Protocol between two media nodes, over the same kind of connection as edge to node (media.ts): the node
 * that wants tracks connects to the node that has them, and proves the cluster key as "peer node". It sends
 * requests and receives answers and notices; the opposite direction uses its own connection. Tracks go one
 * hop, from their publisher's node. Only that node announces a track, and only announced tracks are piped.
 */
import * as v from "valibot";
import { ParticipantId, RoomId, SpaceId, TrackId } from "./ids.ts";
import { message } from "./message.ts";
import { Residency } from "./node.ts";
import { peerDown } from "./peer.ts";
import { MAX_ENCODINGS, RtpParameters } from "./rtp.ts";
import { MAX_ADDRESSED, TrackSource } from "./track.ts";
import { list, strictObject } from "./object.ts";

const RequestId = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const Uuid = v.pipe(v.string(), v.uuid());
const Layer = v.pipe(v.number(), v.integer(), v.minValue(-1), v.maxValue(7));
const Pixels = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65536));

/** Most tracks that one node announces per room; 800 kB. The node leaves out any more. */
export const MAX_ANNOUNCED = 2_000;

/** A track published on the node that announces it. */
export const AnnouncedTrack = strictObject({
  trackId: TrackId,
  peerId: ParticipantId,
  source: TrackSource,
  muted: v.boolean(),
  /** The publisher's space; absent: the main room. */
  space: v.optional(SpaceId),
  /** The only peers that get it; absent: all in the space. */
  audience: v.optional(list(ParticipantId, MAX_ADDRESSED)),
  /** The router of the node that has it: all tracks of one router use one pipe. */
  routerId: Uuid,
  /** Simulcast layers, smallest first; empty for audio. */
  layers: list(strictObject({ width: Pixels, height: Pixels }), MAX_ENCODINGS),
});
export type AnnouncedTrack = v.InferOutput<typeof AnnouncedTrack>;

/** Tracks of one room. Invalid items are dropped, so that one of them does not silence the others. */
const AnnouncedTracks = v.pipe(
  list(v.unknown(), MAX_ANNOUNCED),
  v.transform((tracks) => tracks.filter((track): track is AnnouncedTrack => v.is(AnnouncedTrack, track))),
);

const Base64 = (length: number) => v.pipe(v.string(), v.length(length), v.regex(/^[A-Za-z0-9+/]*={0,2}$/));

/** One end of a pipe: where to send RTP, and the keys that this end encrypts with. */
export const PipeEnd = strictObject({
  ip: v.pipe(v.string(), v.ip()),
  port: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65535)),
  /** Key and salt in base64: 32 + 12 bytes, or 16 + 12 (RFC 7714 §12). */
  srtpParameters: v.variant("cryptoSuite", [
    strictObject({ cryptoSuite: v.literal("AEAD_AES_256_GCM"), keyBase64: Base64(60) }),
    strictObject({ cryptoSuite: v.literal("AEAD_AES_128_GCM"), keyBase64: Base64(40) }),
  ]),
});
export type PipeEnd = v.InferOutput<typeof PipeEnd>;

function request<const Type extends string, Entries extends v.ObjectEntries>(type: Type, entries: Entries) {
  return strictObject({ id: RequestId, type: v.literal(type), ...entries });
}

const pipedTrack = { pipeId: Uuid, trackId: TrackId };

export const cascadeRequests = {
  /**
   * Subscribes to a room's tracks and speakers; the answer lists the current tracks. The room need not exist
   * here yet. `residency` is what the requesting node knows; it applies together with what this node knows
   * itself.
   */
  "room.follow": request("room.follow", { roomId: RoomId, residency: Residency }),
  "room.unfollow": request("room.unfollow", { roomId: RoomId }),
  /**
   * Opens a pipe from a router to the requesting node. The requesting node chooses the id; repeating the
   * request with the same id gives the same answer.
   */
  "pipe.open": request("pipe.open", { pipeId: Uuid, roomId: RoomId, routerId: Uuid, end: PipeEnd }),
  "pipe.close": request("pipe.close", { pipeId: Uuid }),
  /**
   * Sends a track through a pipe. `layer`: the largest that any consumer behind the pipe wants; -1: none
   * wants it now.
   */
  "pipe.send": request("pipe.send", { ...pipedTrack, layer: Layer }),
  "pipe.demand": request("pipe.demand", { ...pipedTrack, layer: Layer }),
  "pipe.stop": request("pipe.stop", pipedTrack),
  /**
   * How much was sent into a pipe: if this grows and nothing arrives, the network path between the nodes is
   * broken.
   */
  "pipe.check": request("pipe.check", { pipeId: Uuid }),
};

/** Answers to requests that succeed. */
export const cascadeAnswers = {
  "room.follow": strictObject({ tracks: AnnouncedTracks }),
  "room.unfollow": v.null(),
  "pipe.open": strictObject({ end: PipeEnd }),
  "pipe.close": v.null(),
  /** The parameters that mediasoup needs to receive the track. */
  "pipe.send": strictObject({ rtpParameters: RtpParameters }),
  "pipe.demand": v.null(),
  "pipe.stop": v.null(),
  "pipe.check": strictObject({ bytesSent: v.pipe(v.number(), v.finite(), v.minValue(0)) }),
};

export const CASCADE_REFUSALS = [
  /** Not a request, or of an unknown type; the connection stays open. */
  "request.malformed",
  "node.outside",
  "node.failed",
  "router.unknown",
  /** This node has no address of the same family as the requesting node's end. */
  "address.unfit",
  "pipe.unknown",
  "track.unknown",
] as const;
export type CascadeRefusal = (typeof CASCADE_REFUSALS)[number];

export const cascadeAnswer = v.union([
  strictObject({ id: RequestId, ok: v.unknown() }),
  strictObject({ id: RequestId, refused: v.picklist(CASCADE_REFUSALS) }),
]);

/** Notices to the nodes that follow a room. */
export const cascadeNotices = {
  /**
   * Tracks that were added or changed, and tracks that ended. A track in both lists has another space or
   * audience now: it is not sent through pipes anymore until it is requested again.
   */
  "room.tracks": message("room.tracks", {
    roomId: RoomId,
    tracks: AnnouncedTracks,
    ended: list(TrackId, MAX_ANNOUNCED),
  }),
  /** Current speakers among this node's participants. */
  "room.speakers": message("room.speakers", {
    roomId: RoomId,
    speakers: peerDown.speakers.entries.speakers,
  }),
  /**
   * All tracks of this node's participants that currently send no packets; the newest notice replaces earlier
   * ones. Sent only for rooms that are followed.
   */
  "room.silent": message("room.silent", { roomId: RoomId, trackIds: list(TrackId, MAX_ANNOUNCED) }),
  /** Pipes that were closed here, with everything sent through them. */
  "pipe.closed": message("pipe.closed", { pipeIds: v.array(Uuid) }),
};

export type CascadeRequest = v.InferOutput<(typeof cascadeRequests)[keyof typeof cascadeRequests]>;
export type CascadeRequestOf<Type extends CascadeRequest["type"]> = Extract<CascadeRequest, { type: Type }>;
export type CascadeAnswers = {
  [Type in keyof typeof cascadeAnswers]: v.InferOutput<(typeof cascadeAnswers)[Type]>;
};
export type CascadeAnswer = v.InferOutput<typeof cascadeAnswer>;
export type CascadeNotice = v.InferOutput<(typeof cascadeNotices)[keyof typeof cascadeNotices]>;
export type CascadeNoticeOf<Type extends CascadeNotice["type"]> = Extract<CascadeNotice, { type: Type }>;
