import { isDeepStrictEqual } from "node:util";
import { trackKind, type TrackSource } from "@tafelrunde/protocol";
import type { RtpParameters } from "@tafelrunde/protocol/rtp";
import type { types } from "mediasoup";
import { bornOf } from "./born_of.ts";
import { withoutSsrcs } from "./foreseen.ts";
import { layerSizes, type Size, type ViewableTrack } from "./view.ts";

/**
 * Least time between two key frames that are asked of one publisher, ms. The first request goes out at once, the next ones are gathered until
 * the time is over. Chromium ignores a request that comes less than 300 ms after the one before (libwebrtc, EncoderRtcpFeedback); a request
 * that is ignored costs its viewer a second. 100 ms on top are for jitter on the way. Behind a pipe the same: there, one request asks for
 * every layer.
 */
export const KEY_FRAME_REQUEST_DELAY_MS = 400;

/** Assumed size of what a source captures, pixels. */
const CAPTURED = {
  camera: { width: 1280, height: 720 },
  screen: { width: 1920, height: 1080 },
} satisfies Record<string, Size>;

/** What a room knows of a track, wherever it is published. */
export interface TrackFacts extends ViewableTrack {
  /** Knows when it sends its first packet; undefined: it comes from elsewhere, where that is known. */
  readonly sending?: Sending;
  readonly source: TrackSource;
  readonly muted: boolean;
}

/** Whether something has sent a packet yet. */
export class Sending {
  #isSo = false;
  readonly #waiting = new Set<() => void>();

  get isSo(): boolean {
    return this.#isSo;
  }

  /** Calls `began` once it sends; the function ends that. */
  once(began: () => void): () => void {
    if (this.#isSo) began();
    else this.#waiting.add(began);
    return () => this.#waiting.delete(began);
  }

  begin(): void {
    if (this.#isSo) return;
    this.#isSo = true;
    for (const began of this.#waiting) began();
    this.#waiting.clear();
  }
}

/** Tracks with the same stream id are played in sync. */
export function streamIdOf({ source, peerId }: Pick<TrackFacts, "source" | "peerId">): string {
  return source === "microphone" || source === "camera" ? peerId : `${peerId}-screen`;
}

/** What is needed to receive a track. */
export interface ReceivedTrack {
  readonly trackId: string;
  readonly peerId: string;
  readonly source: TrackSource;
  readonly muted: boolean;
  readonly rtpParameters: RtpParameters;
  /** Nobody has said yet that it is sent so. */
  readonly isForeseen: boolean;
}

/** What a person on this node sends of one source. */
export class LocalTrack implements TrackFacts {
  readonly id: string;
  readonly peerId: string;
  readonly kind: "audio" | "video";
  readonly source: TrackSource;
  readonly layers: readonly Size[];
  readonly producer: types.Producer;
  readonly sending = new Sending();
  /** As the client said that it sends it, or as it is foreseen. */
  readonly parameters: RtpParameters;
  /** The client has not said yet that it sends it. */
  isForeseen: boolean;

  private constructor(
    { trackId: id, peerId, source, rtpParameters, isForeseen }: ReceivedTrack,
    producer: types.Producer,
  ) {
    this.id = id;
    this.parameters = rtpParameters;
    this.isForeseen = isForeseen;
    this.peerId = peerId;
    this.kind = producer.kind;
    this.source = source;
    this.producer = producer;
    // The worker gives a stream a score once its first packet is there.
    producer.on("score", () => this.sending.begin());
    this.layers = source === "camera" || source === "screen"
      ? layerSizes(CAPTURED[source], (producer.rtpParameters.encodings ?? []).map(scaleOf))
      : [];
  }

  /** Starts to receive a track. Rejects when mediasoup cannot make sense of the parameters. */
  static async receive(
    transport: types.WebRtcTransport,
    received: ReceivedTrack,
  ): Promise<LocalTrack> {
    const { trackId, source, muted, rtpParameters } = received;
    const kind = trackKind(source);
    const codecs: unknown = rtpParameters.codecs;
    const fits = Array.isArray(codecs) &&
      codecs.every((codec: { mimeType?: unknown }) =>
        String(codec?.mimeType).toLowerCase().startsWith(`${kind}/`)
      );
    if (!fits) throw new TypeError(`codecs are not ${kind}`);
    const producer = await bornOf(
      transport,
      transport.produce({
        kind,
        rtpParameters: rtpParameters as types.RtpParameters,
        paused: muted,
        keyFrameRequestDelay: KEY_FRAME_REQUEST_DELAY_MS,
        appData: { trackId },
      }),
    );
    return new LocalTrack(received, producer);
  }

  /** Whether it is received as `parameters` say; then it is not foreseen any more. */
  confirm(parameters: RtpParameters): boolean {
    const isSame = this.isForeseen
      ? isDeepStrictEqual(withoutSsrcs(parameters), withoutSsrcs(this.parameters))
      : isDeepStrictEqual(parameters, this.parameters);
    if (isSame) this.isForeseen = false;
    return isSame;
  }

  get muted(): boolean {
    return this.producer.paused;
  }

  async mute(muted: boolean): Promise<void> {
    await (muted ? this.producer.pause() : this.producer.resume());
  }

  close(): void {
    this.producer.close();
  }
}

/** The track that a producer of ours stands for. */
export function trackIdOf({ appData }: types.Producer): string {
  return String(appData["trackId"]);
}

function scaleOf(encoding: types.RtpEncodingParameters): number | undefined {
  const scale: unknown = "scaleResolutionDownBy" in encoding ? encoding.scaleResolutionDownBy : undefined;
  return typeof scale === "number" && scale >= 1 && scale <= 64 ? scale : undefined;
}
