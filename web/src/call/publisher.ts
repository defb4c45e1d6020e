import {
  may,
  newTrackId,
  type ParticipantId,
  type Refusal,
  type RoomState,
  SOURCE_RIGHT,
  TRACK_SOURCES,
  type TrackId,
  trackKind,
  type Tracks,
  type TrackSource,
} from "@tafelrunde/protocol";
import type { Device } from "mediasoup-client";
import type { Producer, Transport } from "mediasoup-client/types";
import type { CommandDraft } from "./api.ts";
import { announced, sendingOf, sendLayersUpTo } from "./encodings.ts";
import { after } from "./timer.ts";

/** Delay after a refusal (usually: no media node) before a track is offered again, ms. */
const RETRY_MS = 2_000;

/** The media of one source. `track` null: nothing now, but it can come back (the camera is off). */
export interface OwnMedia {
  readonly track: MediaStreamTrack | null;
  readonly muted: boolean;
}

interface Published {
  readonly trackId: TrackId;
  readonly producer: Producer;
  /** The transport that carries it. */
  readonly transport: Transport;
  muted: boolean;
  /** Whether the room has stored it. */
  isStored: boolean;
}

export interface PublisherHost {
  ask(ask: CommandDraft): Promise<Refusal | null>;
  /** Withdraws an unanswered `track.publish`. */
  withdraw(trackId: TrackId): void;
  /** The person may not, or no longer, publish from this source. */
  forbidden(source: TrackSource): void;
  /** The set of published own tracks has changed. */
  published(tracks: ReadonlyMap<TrackSource, TrackId>): void;
}

/**
 * Makes the published tracks match the devices: one producer per source, made when the source is first on,
 * kept while it is muted. The client chooses ids and announces them without waiting for an answer. A track
 * that moves to another transport keeps its id.
 */
export class Publisher {
  readonly #host: PublisherHost;
  readonly #wanted = new Map<TrackSource, OwnMedia>();
  readonly #published = new Map<TrackSource, Published>();
  /** The ids under which the room knows the sources, also while nothing is sent. */
  readonly #ids = new Map<TrackSource, TrackId>();
  readonly #work = new Map<TrackSource, Promise<void>>();
  readonly #announcing = new Set<Promise<void>>();
  readonly #life = new AbortController();
  /** Runs from `attach` to the first publishing. */
  #waiting: AbortController | undefined;
  #path: { readonly device: Device; readonly transport: Transport } | undefined;

  constructor(host: PublisherHost) {
    this.#host = host;
  }

  /** Sets the media of `source`; undefined: it has ended. */
  set(source: TrackSource, media: OwnMedia | undefined): void {
    if (media === undefined) this.#wanted.delete(source);
    else this.#wanted.set(source, media);
    this.#match(source);
  }

  /** Ends what the person may not, or no longer, publish. */
  obey({ room: { settings }, participants }: RoomState, you: ParticipantId | undefined): void {
    const role = you === undefined ? undefined : participants[you]?.role;
    if (role === undefined) return;
    for (const [source, { muted }] of this.#wanted) {
      if (!muted && !may(SOURCE_RIGHT[source], { role }, settings)) this.#host.forbidden(source);
    }
  }

  /** Whether there is something to send: sending connects the transport. */
  get hasSomething(): boolean {
    return this.#ids.size > 0;
  }

  /** Whether this client has announced `trackId` to the room. */
  has(trackId: TrackId): boolean {
    return [...this.#ids.values()].includes(trackId);
  }

  /**
   * Publishes through `transport` after `delayMs`. Tracks on another transport keep flowing there until they
   * flow through this one.
   */
  attach(device: Device, transport: Transport, delayMs: number): void {
    this.#waiting?.abort();
    this.#waiting = new AbortController();
    after(delayMs, () => this.#start(device, transport), this.#waiting.signal);
  }

  #start(device: Device, transport: Transport): void {
    this.#path = { device, transport };
    transport.on("produce", ({ appData }, made) => made({ id: (appData as { trackId: TrackId }).trackId }));
    for (const source of TRACK_SOURCES) this.#match(source);
  }

  /** Resolves when every wanted track goes through the current transport and is stored, or was refused. */
  async settled(): Promise<void> {
    await Promise.all(this.#work.values());
    await Promise.all(this.#announcing);
  }

  /**
   * The transport is lost. What was sent through it is published again on the next one, under the same ids.
   */
  detach(): void {
    this.#waiting?.abort();
    this.#path = undefined;
    for (const { trackId, isStored } of this.#published.values()) if (!isStored) this.#host.withdraw(trackId);
    this.#published.clear();
  }

  /** Withdraws everything published: the person is not, or no longer, in the room. */
  withdrawAll(): void {
    this.detach();
    for (const trackId of this.#ids.values()) void this.#host.ask({ type: "track.unpublish", trackId });
    this.#ids.clear();
    this.#send();
  }

  /** Publishes again what the room lost although this client did not end it. */
  confirm(tracks: Tracks): void {
    for (const [source, { trackId, producer, isStored }] of this.#published) {
      if (!isStored || tracks[trackId] !== undefined) continue;
      producer.close();
      this.#published.delete(source);
      this.#ids.delete(source);
      this.#send();
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

  /** Applies changes of a source one after another. */
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
    let published = this.#published.get(source);
    if (published !== undefined && wanted?.track && !fits(published.producer, source, wanted.track)) {
      this.#unpublish(source);
      published = undefined;
    }
    if (wanted === undefined) this.#unpublish(source);
    else if (published?.transport === this.#path.transport) await this.#adjust(published, wanted);
    // A muted track is published only if the room knows it already.
    else if (wanted.track !== null && (!wanted.muted || this.#ids.has(source))) {
      await this.#produce(source, { ...wanted, track: wanted.track });
    }
  }

  async #produce(
    source: TrackSource,
    { track, muted }: OwnMedia & { readonly track: MediaStreamTrack },
  ): Promise<void> {
    const { device, transport } = this.#path!;
    const { encodings, codecOptions } = sendingOf(source, track.getSettings());
    const codec = trackKind(source) === "video" ? videoCodecOf(device) : undefined;
    const trackId = this.#ids.get(source) ?? newTrackId();
    const producer = await transport.produce({
      track,
      codecOptions,
      ...(encodings && { encodings }),
      ...(codec && { codec }),
      stopTracks: false,
      disableTrackOnPause: false,
      appData: { trackId },
    });
    // The transport was lost while the producer was made: the source is published again on the next one.
    if (this.#path?.transport !== transport) return producer.close();
    // An earlier unanswered publication of it would arrive after this one.
    if (this.#published.get(source)?.isStored === false) this.#host.withdraw(trackId);
    const published = { trackId, producer, transport, muted, isStored: false };
    this.#published.set(source, published);
    this.#ids.set(source, trackId);
    const announcing = this.#announce(source, published).finally(() => this.#announcing.delete(announcing));
    this.#announcing.add(announcing);
    this.#send();
  }

  async #adjust(published: Published, { track, muted }: OwnMedia): Promise<void> {
    if (published.producer.track !== track) await published.producer.replaceTrack({ track });
    if (published.muted === muted) return;
    published.muted = muted;
    void this.#host.ask({ type: "track.mute", trackId: published.trackId, muted });
  }

  #unpublish(source: TrackSource): void {
    const trackId = this.#ids.get(source);
    if (trackId === undefined) return;
    this.#published.get(source)?.producer.close();
    this.#published.delete(source);
    this.#ids.delete(source);
    this.#send();
    void this.#host.ask({ type: "track.unpublish", trackId });
  }

  async #announce(source: TrackSource, published: Published): Promise<void> {
    const { trackId, producer, muted } = published;
    const refusal = await this.#host.ask({
      type: "track.publish",
      trackId,
      source,
      muted,
      rtpParameters: { ...announced(source, producer.rtpParameters, producer.track?.getSettings() ?? {}) },
    });
    if (this.#published.get(source) !== published) return;
    published.isStored = refusal === null;
    if (refusal === null) return;
    console.warn("media: refused", source, refusal.refused);
    producer.close();
    this.#published.delete(source);
    // If the node could not take it, it is offered again under its id; if the room refused it, under a new
    // one.
    if (refusal.refused !== "media.unavailable") this.#ids.delete(source);
    this.#send();
    if (refusal.refused.endsWith(".notAllowed")) return this.#host.forbidden(source);
    after(RETRY_MS, () => this.#match(source), this.#life.signal);
  }

  #send(): void {
    this.#host.published(new Map(this.#ids));
  }
}

/**
 * Whether a track can replace the one that is sent: a camera of another size can need more layers, or fewer.
 */
function fits(producer: Producer, source: TrackSource, track: MediaStreamTrack): boolean {
  if (producer.track === track) return true;
  const { encodings } = sendingOf(source, track.getSettings());
  return encodings === undefined || encodings.length === producer.rtpParameters.encodings?.length;
}

/** VP8: the codec for which both Chromium and mediasoup do simulcast, and that everyone decodes. */
function videoCodecOf(device: Device) {
  return device.sendRtpCapabilities.codecs?.find(({ mimeType }) => mimeType.toLowerCase() === "video/vp8");
}
