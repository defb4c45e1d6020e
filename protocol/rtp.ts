/**
 * RTP parameters and capabilities as media nodes accept them: what mediasoup 3.27.1 puts into its messages to
 * a worker (ortc.js, rtpParametersFbsUtils.js, and the widths of its FlatBuffers fields), with bounds on
 * everything. mediasoup checks types only in part and converts the rest while it builds a message; an
 * exception there leaves the worker's channel unusable. Fields that are not listed here are dropped.
 */
import * as v from "valibot";
import type { JsonObject } from "./message.ts";
import { list, object, shortRecord } from "./object.ts";

/** Most simulcast layers of one track. Browsers send at most three. */
export const MAX_ENCODINGS = 4;

/** Most codecs and header extensions in one description; Chromium's longest lists have about 40. */
const MAX_CODECS = 64;
const MAX_EXTENSIONS = 64;

/** Most parameters of one codec or header extension, and most kinds of RTCP feedback of one codec. */
const MAX_PARAMETERS = 32;

/**
 * Longest parameters of one track, and longest capabilities, characters of JSON: four times what Chromium
 * sends. Most of it is sent to every client that receives the track.
 */
export const MAX_PARAMETERS_CHARS = 8 * 1024;
export const MAX_CAPABILITIES_CHARS = 32 * 1024;

/** Longest CNAME, bytes: its length is one byte (RFC 3550 §6.5). */
const MAX_CNAME_CHARS = 255;

const integer = (min: number, max: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));
const text = (max: number) => v.pipe(v.string(), v.maxLength(max));

/** uint32; mediasoup takes 0 for none. */
const Ssrc = integer(1, 0xffff_ffff);
const ClockRate = integer(1, 10_000_000);
/** RFC 3551 §3: seven bits. */
const PayloadType = integer(0, 127);
const Channels = integer(1, 8);
/** RFC 8285: 1 to 14 in the one-byte form, up to 255 in the two-byte form. */
const ExtensionId = integer(1, 255);
const MimeType = v.pipe(v.string(), v.regex(/^(audio|video)\/[\w.+-]{1,40}$/i));
/** SDP tokens that name media sections and layers (RFC 5888, RFC 8852). */
const Token = v.pipe(v.string(), v.regex(/^[\w.+-]{1,32}$/));
const Uri = v.pipe(v.string(), v.minLength(1), v.maxLength(256));

/** int32 or double in mediasoup's messages, or a string. */
const Parameter = v.union([
  v.pipe(v.number(), v.finite(), v.minValue(-(2 ** 31)), v.maxValue(2 ** 31 - 1)),
  text(512),
]);
const Parameters = shortRecord(v.pipe(v.string(), v.maxLength(64)), Parameter, MAX_PARAMETERS);

/** `apt` is the payload type that a retransmission belongs to (RFC 4588 §8.6). */
const CodecParameters = v.pipe(
  Parameters,
  v.check((parameters) => parameters["apt"] === undefined || v.is(PayloadType, parameters["apt"])),
);

const RtcpFeedback = object({
  type: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  parameter: v.optional(text(64)),
});
const RtcpFeedbacks = list(RtcpFeedback, MAX_PARAMETERS);

/** The header extensions that mediasoup knows; it throws on any other while it builds a message. */
export const HEADER_EXTENSIONS = [
  "urn:ietf:params:rtp-hdrext:sdes:mid",
  "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
  "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id",
  "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
  "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
  "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
  "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension",
  "urn:3gpp:video-orientation",
  "urn:ietf:params:rtp-hdrext:toffset",
  "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time",
  "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay",
  "urn:mediasoup:params:rtp-hdrext:packet-id",
] as const;

const RtpEncoding = object({
  ssrc: v.optional(Ssrc),
  rid: v.optional(Token),
  rtx: v.optional(object({ ssrc: Ssrc })),
  codecPayloadType: v.optional(PayloadType),
  dtx: v.optional(v.boolean()),
  scalabilityMode: v.optional(v.pipe(v.string(), v.regex(/^[LS][1-3]T[1-3](h|_KEY|_KEY_SHIFT)?$/))),
  /** Bits per second. mediasoup makes a BigInt of it: 1.5, null or a string throw. */
  maxBitrate: v.optional(integer(0, 1_000_000_000)),
  /** Not for mediasoup: divisor of 1280 × 720 that gives the size of a camera's layer. */
  scaleResolutionDownBy: v.optional(v.pipe(v.number(), v.minValue(0.01), v.maxValue(1_000))),
});

const AnyRtpParameters = object({
  mid: v.optional(Token),
  codecs: list(
    object({
      mimeType: MimeType,
      payloadType: PayloadType,
      clockRate: ClockRate,
      channels: v.optional(Channels),
      parameters: v.optional(CodecParameters, {}),
      rtcpFeedback: v.optional(RtcpFeedbacks, []),
    }),
    MAX_CODECS,
    1,
  ),
  headerExtensions: v.optional(
    list(
      object({
        uri: v.picklist(HEADER_EXTENSIONS),
        id: ExtensionId,
        encrypt: v.optional(v.boolean()),
        parameters: v.optional(Parameters, {}),
      }),
      MAX_EXTENSIONS,
    ),
    [],
  ),
  encodings: list(RtpEncoding, MAX_ENCODINGS, 1),
  rtcp: v.optional(
    object({
      cname: v.optional(text(MAX_CNAME_CHARS)),
      reducedSize: v.optional(v.boolean()),
    }),
  ),
  msid: v.optional(text(256)),
});

/** How one track is sent, as in mediasoup-client's `Producer.rtpParameters` and in a pipe's consumer. */
export const RtpParameters = v.pipe(
  AnyRtpParameters,
  v.check((given) => isShort(given, MAX_PARAMETERS_CHARS)),
  v.check(hasFittingCodecs),
  v.check(hasFittingEncodings),
);
export type RtpParameters = v.InferOutput<typeof RtpParameters>;

const AnyRtpCapabilities = object({
  codecs: v.optional(
    list(
      object({
        kind: v.optional(v.picklist(["audio", "video"])),
        mimeType: MimeType,
        preferredPayloadType: v.optional(PayloadType),
        clockRate: ClockRate,
        channels: v.optional(Channels),
        parameters: v.optional(CodecParameters, {}),
        rtcpFeedback: v.optional(RtcpFeedbacks, []),
      }),
      MAX_CODECS,
    ),
    [],
  ),
  headerExtensions: v.optional(
    list(
      object({
        kind: v.picklist(["audio", "video"]),
        uri: Uri,
        preferredId: ExtensionId,
        preferredEncrypt: v.optional(v.boolean()),
        direction: v.optional(v.picklist(["sendrecv", "sendonly", "recvonly", "inactive"])),
      }),
      MAX_EXTENSIONS,
    ),
    [],
  ),
});

/** What a client can receive, as in mediasoup-client's `Device.recvRtpCapabilities`. */
export const RtpCapabilities = v.pipe(
  AnyRtpCapabilities,
  v.check((given) => isShort(given, MAX_CAPABILITIES_CHARS)),
);
export type RtpCapabilities = v.InferOutput<typeof RtpCapabilities>;

/**
 * At least one media codec, each codec and each payload type once, and retransmissions only for those codecs:
 * a node has one payload type for each. Source: mediasoup 3.27.1, ortc.js:getProducerRtpParametersMapping,
 * getConsumableRtpParameters, RtpParameters.cpp:ValidateCodecs.
 */
function hasFittingCodecs({ codecs }: v.InferOutput<typeof AnyRtpParameters>): boolean {
  const playable = codecs.filter((codec) => !isRtx(codec));
  const payloadTypes = playable.map(({ payloadType }) => payloadType);
  const retransmitted = codecs.filter(isRtx).map(({ parameters }) => Number(parameters["apt"]));
  return playable.length > 0 && areDistinct(codecs.map(({ payloadType }) => payloadType)) &&
    areDistinct(playable.map(({ mimeType }) => mimeType.toLowerCase())) &&
    areDistinct(retransmitted) && retransmitted.every((apt) => payloadTypes.includes(apt));
}

/**
 * Each layer can be told from the others and uses a media codec. Source: mediasoup 3.27.1,
 * RtpParameters.cpp:ValidateEncodings, Producer.cpp, RtpListener.cpp.
 */
function hasFittingEncodings({ mid, codecs, encodings }: v.InferOutput<typeof AnyRtpParameters>): boolean {
  const isOneOfMany = encodings.length > 1;
  const playable = codecs.filter((codec) => !isRtx(codec)).map(({ payloadType }) => payloadType);
  const ssrcs = encodings.flatMap(({ ssrc, rtx }) => [ssrc, rtx?.ssrc]).filter((ssrc) => ssrc !== undefined);
  const rids = encodings.map(({ rid }) => rid).filter((rid) => rid !== undefined);
  return areDistinct(ssrcs) && areDistinct(rids) &&
    encodings.every(({ ssrc, rid, codecPayloadType, scalabilityMode }) =>
      ((ssrc ?? rid) !== undefined || (!isOneOfMany && mid !== undefined)) &&
      (codecPayloadType === undefined || playable.includes(codecPayloadType)) &&
      (!isOneOfMany || !/^[LS][2-9]/.test(scalabilityMode ?? ""))
    );
}

function isRtx({ mimeType }: { readonly mimeType: string }): boolean {
  return /\/rtx$/i.test(mimeType);
}

function areDistinct(values: readonly unknown[]): boolean {
  return new Set(values).size === values.length;
}

/** The parameters, reduced to what a node accepts; undefined: it would not accept them. */
export function readRtpParameters(given: JsonObject): RtpParameters | undefined {
  return read(RtpParameters, given);
}

/** The capabilities, reduced to what a node accepts; undefined: it would not accept them. */
export function readRtpCapabilities(given: JsonObject): RtpCapabilities | undefined {
  return read(RtpCapabilities, given);
}

function isShort(given: unknown, chars: number): boolean {
  return JSON.stringify(given).length <= chars;
}

function read<Schema extends v.GenericSchema>(
  schema: Schema,
  given: unknown,
): v.InferOutput<Schema> | undefined {
  const result = v.safeParse(schema, given, { abortEarly: true });
  return result.success ? result.output : undefined;
}
