import type { types } from "mediasoup";

/**
 * The codecs that every router forwards, preferred first. Payload types are fixed, so that capabilities built
 * into a client stay valid. VP8 is the one video codec that all browsers send as simulcast; phones encode
 * H.264 constrained baseline in hardware.
 */
export const MEDIA_CODECS: types.RouterRtpCodecCapability[] = [
  {
    kind: "audio",
    mimeType: "audio/opus",
    preferredPayloadType: 100,
    clockRate: 48000,
    channels: 2,
    parameters: { useinbandfec: 1, usedtx: 1 },
  },
  { kind: "video", mimeType: "video/VP8", preferredPayloadType: 101, clockRate: 90000 },
  {
    kind: "video",
    mimeType: "video/H264",
    preferredPayloadType: 103,
    clockRate: 90000,
    parameters: { "packetization-mode": 1, "profile-level-id": "42e01f", "level-asymmetry-allowed": 1 },
  },
];
