import type { TrackSource } from "@tafelrunde/protocol";
import type { ProducerCodecOptions, RtpEncodingParameters } from "mediasoup-client/types";

interface Sending {
  readonly encodings?: RtpEncodingParameters[];
  readonly codecOptions: ProducerCodecOptions;
}

/** Where the sender's bandwidth estimate starts, kbit/s: libwebrtc's own 300 would leave the picture small for seconds. */
const START_BITRATE_KBPS = 1_000;

/**
 * How each source is encoded. A camera: three simulcast layers (of 720p: 180, 360 and 720 lines), smallest first, as `track.demand` counts
 * them. A screen: one layer, sharp rather than smooth; `dtx` tells the node that it may be silent while nothing moves (mediasoup #532).
 */
export function sendingOf(source: TrackSource): Sending {
  switch (source) {
    case "camera":
      return {
        encodings: [
          { scaleResolutionDownBy: 4, maxBitrate: 150_000 },
          { scaleResolutionDownBy: 2, maxBitrate: 500_000 },
          { scaleResolutionDownBy: 1, maxBitrate: 1_500_000 },
        ],
        codecOptions: { videoGoogleStartBitrate: START_BITRATE_KBPS },
      };
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
 * Sends the simulcast layers that someone wants, up to `layer`; -1: nobody wants any. A camera then still sends its smallest layer: starting
 * the encoder and the bandwidth estimate anew would keep the next viewer waiting. Without a new offer and answer, which mediasoup-client's
 * `setMaxSpatialLayer` would make.
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
