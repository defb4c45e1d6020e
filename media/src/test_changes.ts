import { ROUTER_RTP_CAPABILITIES } from "@tafelrunde/protocol/router_capabilities";
import { makeRtpParameters } from "./test_person.ts";

/**
 * A number from 0 up to `end`, exclusive; the same sequence for the same seed. Source: mulberry32 by Tommy
 * Ettinger, public domain.
 */
export type Below = (end: number) => number;

export function seeded(seed: number): Below {
  let state = seed >>> 0;
  return (end) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor(((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32 * end);
  };
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Values that mean something somewhere in RTP parameters or capabilities, and some that never do. */
const VALUES: readonly Json[] = [
  ...[null, true, false, {}, [], [[]], [null], [{}]],
  ...[0, -1, 1, 0.5, 96.5, 8, 9, 96, 97, 100, 101, 102, 103, 111, 127, 128, 255, 256],
  ...[48_000, 90_000, 2 ** 31 - 1, 2 ** 31, -(2 ** 31) - 1, 2 ** 32 - 1, 2 ** 32, 2 ** 53, 1e21, 1e308],
  ...["", "0", "1", "96", "97", "x", "nack", "pli", "ccm", "fir", "transport-cc", "goog-remb"],
  ...[
    "audio",
    "video",
    "audio/opus",
    "audio/OPUS",
    "audio/red",
    "audio/multiopus",
    "audio/rtx",
    "audio/PCMU",
  ],
  ...["video/VP8", "Video/vp8", "video/VP9", "video/H264", "video/AV1", "video/rtx", "video/RTX"],
  ...["video/ulpfec", "video/flexfec-03", "video/red", "video/", "text/plain", "video/VP8\n"],
  ...["42e01f", "42001f", "640c1f", "4d0032", "000000", "zzzzzz", "f4000b"],
  ...["L1T1", "L1T3", "L3T3", "S3T3", "L2T1_KEY", "L3T3_KEY_SHIFT", "L9T9", "L0T0", "L99T99"],
  ...["urn:ietf:params:rtp-hdrext:sdes:mid", "urn:ietf:params:rtp-hdrext:ssrc-audio-level", "urn:x"],
  ...["sendrecv", "sendonly", "recvonly", "inactive", "both", "ä".repeat(20), "\u0000", "x".repeat(600)],
];

/** Field names of RTP parameters, of capabilities, or of every JavaScript object. */
const NAMES = [
  ...["apt", "packetization-mode", "profile-level-id", "profile-id", "num_streams", "coupled_streams"],
  ...["level-asymmetry-allowed", "payloadType", "codecPayloadType", "rid", "ssrc", "rtx", "mid", "channels"],
  ...["kind", "scalabilityMode", "maxBitrate", "dtx", "encrypt", "direction", "cname", "msid", "parameters"],
  ...["__proto__", "constructor", "toString", "length", ""],
];

interface JsonPlace {
  readonly in: Json[] | { [key: string]: Json };
  readonly key: string;
}

function placesIn(value: Json, into: JsonPlace[] = []): JsonPlace[] {
  if (value === null || typeof value !== "object") return into;
  for (const key of Object.keys(value)) {
    into.push({ in: value, key });
    placesIn((value as { [key: string]: Json })[key]!, into);
  }
  return into;
}

/** `value` with 1 to 3 random replacements, removals, duplications, swaps or additions. */
export function changed(below: Below, value: object): object {
  const root = JSON.parse(JSON.stringify(value)) as { [key: string]: Json };
  const pick = <Item>(items: readonly Item[]) => items[below(items.length)]!;
  const copy = (of: Json) => JSON.parse(JSON.stringify(of)) as Json;
  for (let changes = 1 + below(3); changes > 0; changes--) {
    const places = placesIn(root);
    if (places.length === 0) break;
    const { in: holder, key } = pick(places);
    const held = holder as { [key: string]: Json };
    switch (below(7)) {
      case 0:
        if (Array.isArray(holder)) holder.splice(Number(key), 1);
        else delete held[key];
        break;
      case 1:
        if (Array.isArray(holder)) {
          holder.push(...Array.from({ length: pick([1, 1, 2, 70]) }, () => held[key]!));
        } else held[pick(NAMES)] = held[key]!;
        break;
      case 2: {
        const other = pick(places);
        held[key] = copy((other.in as { [key: string]: Json })[other.key]!);
        break;
      }
      case 3: {
        const target = held[key];
        if (target !== null && typeof target === "object" && !Array.isArray(target)) {
          target[pick(NAMES)] = copy(pick(VALUES));
        } else held[key] = copy(pick(VALUES));
        break;
      }
      default:
        held[key] = copy(pick(VALUES));
    }
  }
  return JSON.parse(JSON.stringify(root)) as object;
}

const H264 = {
  mid: "7",
  codecs: [
    {
      mimeType: "video/H264",
      payloadType: 102,
      clockRate: 90_000,
      parameters: { "packetization-mode": 1, "profile-level-id": "42e01f", "level-asymmetry-allowed": 1 },
      rtcpFeedback: [{ type: "nack", parameter: "pli" }, { type: "ccm", parameter: "fir" }],
    },
    { mimeType: "video/rtx", payloadType: 103, clockRate: 90_000, parameters: { apt: 102 } },
  ],
  headerExtensions: [{ uri: "urn:3gpp:video-orientation", id: 3, encrypt: false, parameters: {} }],
  encodings: [
    { rid: "lo", dtx: false, scalabilityMode: "L1T3", maxBitrate: 150_000, scaleResolutionDownBy: 2 },
    { rid: "hi", dtx: false, scalabilityMode: "L1T3", maxBitrate: 900_000, codecPayloadType: 102 },
  ],
  rtcp: { cname: "someone", reducedSize: true },
  msid: "a b",
};

/** A track's parameters as browsers send them, in each of the forms that mediasoup distinguishes. */
export function someParameters(below: Below): { readonly source: "microphone" | "camera"; given: object } {
  switch (below(3)) {
    case 0:
      return { source: "microphone", given: makeRtpParameters("microphone") };
    case 1:
      return { source: "camera", given: makeRtpParameters("camera") };
    default:
      return { source: "camera", given: { ...H264, mid: String(below(1e7)) } };
  }
}

/** A browser's receive capabilities. */
export const SOME_CAPABILITIES: object = ROUTER_RTP_CAPABILITIES;
