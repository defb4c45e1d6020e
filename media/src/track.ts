import { trackKind, type TrackSource } from "@tafelrunde/protocol";
import type { types } from "mediasoup";
import { layerSizes, type Size, type ViewableTrack } from "./view.ts";

/**
 * Least time between two key frames that are asked of one publisher, ms. The first request goes out at once, the next ones are gathered until
 * the time is over. Chromium ignores a request that comes less than 300 ms after the one before (libwebrtc, EncoderRtcpFeedback); a request
 * that is ignored costs its viewer a second. 100 ms on top are for jitter on the way.
 */
const KEY_FRAME_REQUEST_DELAY_MS = 400;

/** Assumed size of what a source captures, pixels. */
const CAPTURED = {
  camera: { width: 1280, height: 720 },
  screen: { width: 1920, height: 1080 },
} satisfies Record<string, Size>;

/** What one peer sends of one source. */
export class Track implements ViewableTrack {
  readonly id: string;
  readonly peerId: string;
  readonly kind: "audio" | "video";
  readonly source: TrackSource;
  readonly layers: readonly Size[];
  readonly #producer: types.Producer;

  private constructor(peerId: string, source: TrackSource, producer: types.Producer) {
    this.id = producer.id;
    this.peerId = peerId;
    this.kind = producer.kind;
    this.source = source;
    this.#producer = producer;
    this.layers = source === "camera" || source === "screen"
      ? layerSizes(CAPTURED[source], (producer.rtpParameters.encodings ?? []).map(scaleOf))
      : [];
  }

  /** Starts to receive a track. Rejects when mediasoup cannot make sense of the parameters, or the id is in use in the worker. */
  static async receive(
    transport: types.WebRtcTransport,
    { trackId, source, muted, rtpParameters, peerId }: {
      trackId: string;
      source: TrackSource;
      muted: boolean;
      rtpParameters: types.RtpParameters;
      peerId: string;
    },
  ): Promise<Track> {
    const kind = trackKind(source);
    const codecs: unknown = rtpParameters.codecs;
    const fits = Array.isArray(codecs) &&
      codecs.every((codec: { mimeType?: unknown }) =>
        String(codec?.mimeType).toLowerCase().startsWith(`${kind}/`)
      );
    if (!fits) throw new TypeError(`codecs are not ${kind}`);
    const producer = await transport.produce({
      id: trackId,
      kind,
      rtpParameters,
      paused: muted,
      keyFrameRequestDelay: KEY_FRAME_REQUEST_DELAY_MS,
    });
    return new Track(peerId, source, producer);
  }

  /** Tracks with the same stream id are played in sync. */
  get streamId(): string {
    return this.source === "microphone" || this.source === "camera" ? this.peerId : `${this.peerId}-screen`;
  }

  async mute(muted: boolean): Promise<void> {
    await (muted ? this.#producer.pause() : this.#producer.resume());
  }

  close(): void {
    this.#producer.close();
  }
}

function scaleOf(encoding: types.RtpEncodingParameters): number | undefined {
  const scale: unknown = "scaleResolutionDownBy" in encoding ? encoding.scaleResolutionDownBy : undefined;
  return typeof scale === "number" && scale >= 1 && scale <= 64 ? scale : undefined;
}
