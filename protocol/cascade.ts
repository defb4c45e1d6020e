/**
 * What one media node says to another, over the same kind of connection as an edge (media.ts): the node that wants tracks connects to the
 * one that has them, and proves the cluster key as "peer node". It asks and is told; the other direction is a connection of its own.
 *
 * Tracks go one hop, from the node that their publisher is on. Only that node announces a track, and only what it announced is piped.
 */
import * as v from "valibot";
import { ParticipantId, RoomId, TrackId } from "./ids.ts";
import { message } from "./message.ts";
import { Residency } from "./node.ts";
import { peerDown } from "./peer.ts";
import { MAX_ENCODINGS, RtpParameters } from "./rtp.ts";
import { TrackSource } from "./track.ts";
import { list, strictObject } from "./object.ts";

const RequestId = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const Uuid = v.pipe(v.string(), v.uuid());
const Layer = v.pipe(v.number(), v.integer(), v.minValue(-1), v.maxValue(7));
const Pixels = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65536));

/** Most tracks that one node announces of one room; 800 kB. A node leaves out what is more. */
export const MAX_ANNOUNCED = 2_000;

/** A track that is published on the node that announces it. */
export const AnnouncedTrack = strictObject({
  trackId: TrackId,
  peerId: ParticipantId,
  source: TrackSource,
  muted: v.boolean(),
  /** Which of the node's routers has it: tracks of one router come by one pipe. */
  routerId: Uuid,
  /** Simulcast layers, the smallest first; empty for audio. */
  layers: list(strictObject({ width: Pixels, height: Pixels }), MAX_ENCODINGS),
});
export type AnnouncedTrack = v.InferOutput<typeof AnnouncedTrack>;

/** Tracks of one room. What is none is left out: it is no reason to hear nothing of the others. */
const AnnouncedTracks = v.pipe(
  list(v.unknown(), MAX_ANNOUNCED),
  v.transform((tracks) => tracks.filter((track): track is AnnouncedTrack => v.is(AnnouncedTrack, track))),
);

const Base64 = (length: number) => v.pipe(v.string(), v.length(length), v.regex(/^[A-Za-z0-9+/]*={0,2}$/));

/** One end of a pipe: where RTP is to be sent, and the keys that this end encrypts with. */
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
   * Asks to be told of a room's tracks and speakers from now on; answered with the tracks that there are. The room need not be here yet.
   * `residency` is what the asking node knows; with what this node knows itself, both count.
   */
  "room.follow": request("room.follow", { roomId: RoomId, residency: Residency }),
  "room.unfollow": request("room.unfollow", { roomId: RoomId }),
  /** Opens a pipe from a router to the asking node. The id is the asker's; asking again with the same id gives the same answer. */
  "pipe.open": request("pipe.open", { pipeId: Uuid, roomId: RoomId, routerId: Uuid, end: PipeEnd }),
  "pipe.close": request("pipe.close", { pipeId: Uuid }),
  /** Sends a track through a pipe. `layer`: the largest that anyone there wants; -1: nobody wants to see it now. */
  "pipe.send": request("pipe.send", { ...pipedTrack, layer: Layer }),
  "pipe.demand": request("pipe.demand", { ...pipedTrack, layer: Layer }),
  "pipe.stop": request("pipe.stop", pipedTrack),
  /** How much has gone into a pipe: when that grows and nothing comes out, the way between is cut. */
  "pipe.check": request("pipe.check", { pipeId: Uuid }),
};

/** What each request is answered with when it goes well. */
export const cascadeAnswers = {
  "room.follow": strictObject({ tracks: AnnouncedTracks }),
  "room.unfollow": v.null(),
  "pipe.open": strictObject({ end: PipeEnd }),
  "pipe.close": v.null(),
  /** What mediasoup needs to receive it. */
  "pipe.send": strictObject({ rtpParameters: RtpParameters }),
  "pipe.demand": v.null(),
  "pipe.stop": v.null(),
  "pipe.check": strictObject({ bytesSent: v.pipe(v.number(), v.finite(), v.minValue(0)) }),
};

export const CASCADE_REFUSALS = [
  /** It is no request, or none that this node knows; the connection goes on. */
  "request.malformed",
  "node.outside",
  "node.failed",
  "router.unknown",
  /** It has no address of the family of the asker's end. */
  "address.unfit",
  "pipe.unknown",
  "track.unknown",
] as const;
export type CascadeRefusal = (typeof CASCADE_REFUSALS)[number];

export const cascadeAnswer = v.union([
  strictObject({ id: RequestId, ok: v.unknown() }),
  strictObject({ id: RequestId, refused: v.picklist(CASCADE_REFUSALS) }),
]);

/** What a node tells those that follow a room. */
export const cascadeNotices = {
  /** Tracks that began or changed, and tracks that ended. */
  "room.tracks": message("room.tracks", {
    roomId: RoomId,
    tracks: AnnouncedTracks,
    ended: list(TrackId, MAX_ANNOUNCED),
  }),
  /** Who of this node's people is heard. */
  "room.speakers": message("room.speakers", {
    roomId: RoomId,
    speakers: peerDown.speakers.entries.speakers,
  }),
  /** Tracks of this node's people of whom no packet comes now, all of them; the newest wins. None is said of a room that is not followed yet. */
  "room.silent": message("room.silent", { roomId: RoomId, trackIds: list(TrackId, MAX_ANNOUNCED) }),
  /** Pipes that ended here, with all that went through them. */
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
