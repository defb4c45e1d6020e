import {
  newTrackId,
  type Refusal,
  TRACK_SOURCES,
  type TrackId,
  trackKind,
  type Tracks,
  type TrackSource,
} from "@tafelrunde/protocol";
import type { Device } from "mediasoup-client";
import type { Producer, Transport } from "mediasoup-client/types";
import type { Ask } from "./api.ts";
import { sendingOf, sendLayersUpTo } from "./encodings.ts";
import { after } from "./timer.ts";

/** How long after a refusal (usually: no media node) a track is offered again, ms. */
const RETRY_MS = 2_000;

/** What one source has to give now. `track` null: nothing, but it may come back (the camera is off). */
export interface OwnMedia {
  readonly track: MediaStreamTrack | null;
  readonly muted: boolean;
}

interface Published {
  readonly trackId: TrackId;
  readonly producer: Producer;
  muted: boolean;
  /** Whether the room has stored it. */
  isStored: boolean;
}

export interface PublisherHost {
  ask(ask: Ask): Promise<Refusal | null>;
  /** Takes back a `track.publish` that is not answered yet. */
  withdraw(trackId: TrackId): void;
  /** The person has no right (any more) to publish from this source. */
  forbidden(source: TrackSource): void;
  /** Which own tracks are published has changed. */
  published(tracks: ReadonlyMap<TrackSource, TrackId>): void;
}

/**
 * Makes what is published match what the devices give: one producer per source, made when the source is first on, kept while it is muted.
 * Ids are made here and told one way, so that nothing waits for an answer.
 */
export class Publisher {
  readonly #host: PublisherHost;
  readonly #wanted = new Map<TrackSource, OwnMedia>();
  readonly #published = new Map<TrackSource, Published>();
  readonly #work = new Map<TrackSource, Promise<void>>();
  readonly #life = new AbortController();
  /** Runs from `attach` to the first publishing. */
  #waiting: AbortController | undefined;
  #path: { readonly device: Device; readonly transport: Transport } | undefined;

  constructor(host: PublisherHost) {
    this.#host = host;
  }

  /** What `source` gives from now on; undefined: it is over. */
  set(source: TrackSource, media: OwnMedia | undefined): void {
    if (media === undefined) this.#wanted.delete(source);
    else this.#wanted.set(source, media);
    this.#match(source);
  }

  /** Publishes through `transport` from `delayMs` on, under new ids, until `detach`. */
  attach(device: Device, transport: Transport, delayMs: number): void {
    this.detach();
    this.#waiting = new AbortController();
    after(delayMs, () => this.#start(device, transport), this.#waiting.signal);
  }

  #start(device: Device, transport: Transport): void {
    this.#path = { device, transport };
    transport.on("produce", ({ appData }, made) => made({ id: (appData as { trackId: TrackId }).trackId }));
    for (const source of TRACK_SOURCES) this.#match(source);
  }

  /** The transport is gone, and with it what was published. */
  detach(): void {
    this.#waiting?.abort();
    this.#path = undefined;
    for (const { trackId } of this.#published.values()) {
      this.#host.withdraw(trackId);
      void this.#host.ask({ type: "track.unpublish", trackId });
    }
    this.#published.clear();
    this.#tell();
  }

  /** Publishes anew what the room does not have any more although nothing here took it away. */
  confirm(tracks: Tracks): void {
    for (const [source, { trackId, producer, isStored }] of this.#published) {
      if (!isStored || tracks[trackId] !== undefined) continue;
      producer.close();
      this.#published.delete(source);
      this.#tell();
      after(RETRY_MS, () => this.#match(source), this.#life.signal);
    }
  }

  /** Sends the layers of a track that someone wants, up to `layer`. */
  async demand(trackId: TrackId, layer: number): Promise<void> {
    for (const published of this.#published.values()) {
      const { rtpSender, kind } = published.producer;
      if (published.trackId !== trackId || rtpSender === undefined || kind !== "video") continue;
      await sendLayersUpTo(rtpSender, layer);
    }
  }

  close(): void {
    this.#life.abort();
    this.#waiting?.abort();
    this.#wanted.clear();
    this.#path = undefined;
  }

  /** One change of a source after the other. */
  #match(source: TrackSource): void {
    const before = this.#work.get(source) ?? Promise.resolve();
    const work = before.then(() => this.#matchNow(source)).catch((cause) => {
      if (this.#path?.transport.closed === false) console.warn("media: not published", source, cause);
    });
    this.#work.set(source, work);
  }

  async #matchNow(source: TrackSource): Promise<void> {
    if (this.#path === undefined || this.#path.transport.closed) return;
    const wanted = this.#wanted.get(source);
    const published = this.#published.get(source);
    if (wanted === undefined) {
      if (published !== undefined) this.#unpublish(source, published);
    } else if (published !== undefined) {
      await this.#adjust(published, wanted);
    } else if (wanted.track !== null && !wanted.muted) {
      await this.#produce(source, wanted.track);
    }
  }

  async #produce(source: TrackSource, track: MediaStreamTrack): Promise<void> {
    const { device, transport } = this.#path!;
    const { encodings, codecOptions } = sendingOf(source);
    const codec = trackKind(source) === "video" ? videoCodecOf(device) : undefined;
    const trackId = newTrackId();
    const producer = await transport.produce({
      track,
      codecOptions,
      ...(encodings && { encodings }),
      ...(codec && { codec }),
      stopTracks: false,
      disableTrackOnPause: false,
      appData: { trackId },
    });
    // The path went while the producer was made: on the next one the source is published anew.
    if (this.#path?.transport !== transport) return producer.close();
    this.#published.set(source, { trackId, producer, muted: false, isStored: false });
    void this.#announce(source, trackId, { ...producer.rtpParameters });
    this.#tell();
  }

  async #adjust(published: Published, { track, muted }: OwnMedia): Promise<void> {
    if (published.producer.track !== track) await published.producer.replaceTrack({ track });
    if (published.muted === muted) return;
    published.muted = muted;
    void this.#host.ask({ type: "track.mute", trackId: published.trackId, muted });
  }

  #unpublish(source: TrackSource, { trackId, producer }: Published): void {
    producer.close();
    this.#published.delete(source);
    this.#tell();
    void this.#host.ask({ type: "track.unpublish", trackId });
  }

  async #announce(
    source: TrackSource,
    trackId: TrackId,
    rtpParameters: Record<string, unknown>,
  ): Promise<void> {
    const refusal = await this.#host.ask({
      type: "track.publish",
      trackId,
      source,
      muted: false,
      rtpParameters,
    });
    const published = this.#published.get(source);
    if (published?.trackId !== trackId) return;
    published.isStored = refusal === null;
    if (refusal === null) return;
    console.warn("media: refused", source, refusal.refused);
    published.producer.close();
    this.#published.delete(source);
    this.#tell();
    if (refusal.refused.endsWith(".notAllowed")) return this.#host.forbidden(source);
    after(RETRY_MS, () => this.#match(source), this.#life.signal);
  }

  #tell(): void {
    this.#host.published(new Map([...this.#published].map(([source, { trackId }]) => [source, trackId])));
  }
}

/** VP8: the codec for which both Chromium and mediasoup do simulcast, and that everyone decodes. */
function videoCodecOf(device: Device) {
  return device.sendRtpCapabilities.codecs?.find(({ mimeType }) => mimeType.toLowerCase() === "video/vp8");
}
