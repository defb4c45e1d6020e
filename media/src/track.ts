import { isDeepStrictEqual } from "node:util";
import { trackKind, type TrackSource } from "@tafelrunde/protocol";
import type { RtpParameters } from "@tafelrunde/protocol/rtp";
import type { types } from "mediasoup";
import { closeWithParent } from "./close_with_parent.ts";
import { withoutSsrcs } from "./foreseen.ts";
import { layerSizes, type Size, type ViewableTrack } from "./view.ts";

/**
 * Shortest time between two key frame requests to one publisher, ms. The first request is sent at once, later
 * ones are merged until the time is over. Chromium ignores a request less than 300 ms after the previous one
 * (libwebrtc, EncoderRtcpFeedback), and an ignored request costs its viewer a second. The other 100 ms are
 * for network jitter. The same applies behind a pipe, where one request covers every layer.
 */
export const KEY_FRAME_REQUEST_DELAY_MS = 400;

/** Assumed capture size of a source, pixels. */
const CAPTURED = {
  camera: { width: 1280, height: 720 },
  screen: { width: 1920, height: 1080 },
} satisfies Record<string, Size>;

/** What a room knows of a track, wherever it is published. */
export interface TrackFacts extends ViewableTrack {
  /**
   * Knows when it sends its first packet; undefined: the track comes from another node, which tracks this.
   */
  readonly sending?: Sending;
  readonly source: TrackSource;
  readonly muted: boolean;
}

/** Whether a track has sent a packet yet. */
export class Sending {
  #isSo = false;
  readonly #waiting = new Set<() => void>();

  get isSo(): boolean {
    return this.#isSo;
  }

  /** Calls `began` once it sends; the returned function cancels that. */
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

/** The parameters for receiving a track. */
export interface ReceivedTrack {
  readonly trackId: string;
  readonly peerId: string;
  readonly source: TrackSource;
  readonly muted: boolean;
  readonly rtpParameters: RtpParameters;
  /** The only peers that get it; null: all in the publisher's space. */
  readonly audience: readonly string[] | null;
  /** The client has not announced yet that it sends this track. */
  readonly isForeseen: boolean;
}

/** One source that a participant on this node sends. */
export class LocalTrack implements Omit<TrackFacts, "space"> {
  readonly id: string;
  readonly peerId: string;
  readonly kind: "audio" | "video";
  readonly source: TrackSource;
  readonly layers: readonly Size[];
  readonly producer: types.Producer;
  readonly sending = new Sending();
  /** As the client announced them, or as foreseen. */
  readonly parameters: RtpParameters;
  audience: readonly string[] | null;
  /** The client has not announced yet that it sends this track. */
  isForeseen: boolean;

  private constructor(
    { trackId: id, peerId, source, rtpParameters, isForeseen, audience }: ReceivedTrack,
    producer: types.Producer,
  ) {
    this.id = id;
    this.parameters = rtpParameters;
    this.isForeseen = isForeseen;
    this.audience = audience;
    this.peerId = peerId;
    this.kind = producer.kind;
    this.source = source;
    this.producer = producer;
    // The worker gives a stream a score once its first packet has arrived.
    producer.on("score", () => this.sending.begin());
    this.layers = source === "camera" || source === "screen"
      ? layerSizes(CAPTURED[source], (producer.rtpParameters.encodings ?? []).map(scaleOf))
      : [];
  }

  /** Starts to receive a track. Rejects if the parameters are invalid for mediasoup. */
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
    const producer = await closeWithParent(
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

  /** Whether it is received as `parameters` say; if so, it is no longer just foreseen. */
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

/** The track id of one of our producers. */
export function trackIdOf({ appData }: types.Producer): string {
  return String(appData["trackId"]);
}

function scaleOf(encoding: types.RtpEncodingParameters): number | undefined {
  const scale: unknown = "scaleResolutionDownBy" in encoding ? encoding.scaleResolutionDownBy : undefined;
  return typeof scale === "number" && scale >= 1 && scale <= 64 ? scale : undefined;
}
