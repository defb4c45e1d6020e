import type { TrackSource } from "@tafelrunde/protocol";
import type { ProducerCodecOptions, RtpEncodingParameters, RtpParameters } from "mediasoup-client/types";

interface Sending {
  readonly encodings?: RtpEncodingParameters[];
  readonly codecOptions: ProducerCodecOptions;
}

/**
 * Initial bandwidth estimate of the sender, kbit/s: libwebrtc's own 300 would keep the picture small for
 * seconds.
 */
const START_BITRATE_KBPS = 1_000;

/**
 * Captured size, pixels; undefined: as requested. Source: W3C Media Capture and Streams, MediaTrackSettings.
 */
interface Captured {
  readonly width?: number;
  readonly height?: number;
}

/** The camera size that a node assumes. Source: CAPTURED in media/src/track.ts. */
const USUAL = { width: 1280, height: 720 };

/** Bit rates of 180, 360 and 720 lines, bit/s. */
const CAMERA_BITRATES = [150_000, 500_000, 1_500_000];

/**
 * Pixels from which libwebrtc makes two and three layers; above that it drops the largest extra ones. Source:
 * its kSimulcastFormats.
 */
const TWO_LAYERS = 480 * 270;
const THREE_LAYERS = 960 * 540;

function cameraLayers({ width = USUAL.width, height = USUAL.height }: Captured): number {
  const pixels = width * height;
  return pixels >= THREE_LAYERS ? 3 : pixels >= TWO_LAYERS ? 2 : 1;
}

/** `parameters` for the node, which knows sizes only as fractions of the usual one. */
export function announced(
  source: TrackSource,
  parameters: RtpParameters,
  { width = USUAL.width, height = USUAL.height }: Captured,
): RtpParameters {
  const { encodings = [] } = parameters;
  if (source !== "camera") return parameters;
  const smallness = Math.max(1, USUAL.width / width, USUAL.height / height);
  return {
    ...parameters,
    encodings: encodings.map((encoding) => ({
      ...encoding,
      scaleResolutionDownBy: (encoding.scaleResolutionDownBy ?? 1) * smallness,
    })),
  };
}

/**
 * Returns how a source is encoded. A camera: simulcast layers (of 720p: 180, 360 and 720 lines), smallest
 * first, as `track.demand` counts them, as many as a picture of its size gets. A screen: one layer, sharp
 * rather than smooth; `dtx` tells the node that it can be silent while nothing moves (mediasoup #532).
 */
export function sendingOf(source: TrackSource, captured: Captured): Sending {
  switch (source) {
    case "camera": {
      const layers = cameraLayers(captured);
      return {
        encodings: CAMERA_BITRATES.slice(0, layers).map((maxBitrate, layer) => ({
          scaleResolutionDownBy: 2 ** (layers - 1 - layer),
          maxBitrate,
        })),
        codecOptions: { videoGoogleStartBitrate: START_BITRATE_KBPS },
      };
    }
    case "screen":
      return {
        encodings: [{ maxBitrate: 3_000_000, dtx: true }],
        codecOptions: { videoGoogleStartBitrate: START_BITRATE_KBPS },
      };
    case "microphone":
      return { codecOptions: { opusDtx: true, opusFec: true, opusMaxAverageBitrate: 40_000 } };
    case "screenAudio":
      return { codecOptions: { opusStereo: true, opusFec: true, opusMaxAverageBitrate: 128_000 } };
    default:
      return source satisfies never;
  }
}

/**
 * Sends the simulcast layers that someone wants, up to `layer`; -1: nobody wants any. A camera then still
 * sends its smallest layer: restarting the encoder and the bandwidth estimate would delay the next viewer.
 * Needs no new offer and answer, unlike mediasoup-client's `setMaxSpatialLayer`.
 */
export async function sendLayersUpTo(sender: RTCRtpSender, layer: number): Promise<void> {
  const parameters = sender.getParameters();
  const isSimulcast = parameters.encodings.length > 1;
  let isChanged = false;
  for (const [index, encoding] of parameters.encodings.entries()) {
    const isActive = index <= layer || isSimulcast && index === 0;
    isChanged ||= encoding.active !== isActive;
    encoding.active = isActive;
  }
  if (isChanged) await sender.setParameters(parameters);
}
