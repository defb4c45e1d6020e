import type { types } from "mediasoup";
import { setTimeout as delay } from "node:timers/promises";
import { Demand } from "./demand.ts";
import type { Inlet } from "./pipe_inlet.ts";
import type { TrackFacts } from "./track.ts";

/**
 * How long a track stays piped after its last user, ms, so that pipes do not flap while participants page
 * through a gallery.
 */
export const PIPE_LINGER_MS = 2_000;

/** First and longest delay of a series of attempts to get a track, ms. */
const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 3_000;

/** What a piped track needs from its room. */
export interface PipedTrackOptions {
  readonly track: TrackFacts;
  /** Identifies the track and its source router; if it changes, the track is piped again. */
  readonly key: string;
  /** The pipe to receive it through, opened if necessary. Rejects if there is none now. */
  readonly inlet: () => Promise<Inlet>;
  /** Used in its place until it flows. */
  readonly previous: PipedTrack | undefined;
  /** It started or stopped flowing. */
  readonly changed: () => void;
  /** It flows in place of `previous`. */
  readonly replaced: (previous: PipedTrack) => void;
  /** It has had no users for a while and should be closed. */
  readonly unused: () => void;
  readonly failed: (error: unknown) => void;
}

/**
 * A track on a router on which it was not published. Piped when the first user wants it, retried until it is
 * closed.
 */
export class PipedTrack {
  readonly key: string;
  readonly #options: PipedTrackOptions;
  readonly #ended = new AbortController();
  readonly #users: Set<string>;
  readonly #demand: Demand;
  readonly #first = Promise.withResolvers<void>();
  #track: TrackFacts;
  #previous: PipedTrack | undefined;
  #flow: { readonly inlet: Inlet; readonly producer: types.Producer } | undefined;
  #linger: ReturnType<typeof setTimeout> | undefined;
  /** The layer last sent to the far end. */
  #asked: number;

  constructor(options: PipedTrackOptions) {
    const { key, track, previous } = options;
    this.key = key;
    this.#options = options;
    this.#track = track;
    this.#previous = previous;
    this.#users = new Set(previous?.users);
    this.#demand = previous?.takeDemand() ?? new Demand(Math.max(1, track.layers.length));
    this.#asked = this.#demand.layer;
    void this.#run();
  }

  get users(): ReadonlySet<string> {
    return this.#users;
  }

  /** Its producer on this router; undefined while it does not flow. */
  get producer(): types.Producer | undefined {
    return this.#flow?.producer ?? this.#previous?.producer;
  }

  /** Whether media should arrive: it flows, is not muted, and someone sees or hears it. */
  get isWatched(): boolean {
    const { kind, muted } = this.#track;
    return this.#flow !== undefined && !muted && (kind === "audio" || this.#demand.layer >= 0);
  }

  /** Resolves when it flows for the first time, or is closed. */
  get whenSettled(): Promise<void> {
    return this.#first.promise;
  }

  /** Its demand, handed to its replacement. */
  takeDemand(): Demand {
    return this.#demand;
  }

  /** Adds a user on this router. */
  use(user: string): void {
    this.#users.add(user);
    clearTimeout(this.#linger);
    this.#linger = undefined;
  }

  unuse(user: string): void {
    this.want(user, -1);
    if (!this.#users.delete(user) || this.#users.size > 0 || this.#ended.signal.aborted) return;
    this.#linger = setTimeout(() => this.#options.unused(), PIPE_LINGER_MS);
  }

  /** Sets the largest layer that a user wants, -1: none. The far end is notified when the maximum changes. */
  want(user: string, layer: number): void {
    this.#demand.set(user, layer);
    this.#passOn();
  }

  #passOn(): void {
    const { layer } = this.#demand;
    if (layer === this.#asked || this.#flow === undefined) return;
    this.#asked = layer;
    this.#flow.inlet.demand(this.#track.id, layer);
  }

  /** Applies a change of the track, such as mute or unmute. */
  async follow(track: TrackFacts): Promise<void> {
    this.#track = track;
    const producer = this.#flow?.producer;
    if (producer === undefined || producer.paused === track.muted) return;
    await (track.muted ? producer.pause() : producer.resume()).catch((error: unknown) => {
      if (!producer.closed) this.#options.failed(error);
    });
  }

  /** Gets the track, and gets it again when it is lost, until closed. */
  async #run(): Promise<void> {
    const { signal } = this.#ended;
    let retryMs = FIRST_RETRY_MS;
    while (!signal.aborted) {
      try {
        const flow = await this.#start();
        retryMs = FIRST_RETRY_MS;
        await flow?.lost;
      } catch (error) {
        if (!signal.aborted) this.#options.failed(error);
      }
      await delay(retryMs, undefined, { signal }).catch(() => {/* closed meanwhile */});
      retryMs = Math.min(2 * retryMs, LAST_RETRY_MS);
    }
  }

  /** Resolves when it flows; `lost` resolves when it no longer does. Undefined: it was closed meanwhile. */
  async #start(): Promise<{ readonly lost: Promise<void> } | undefined> {
    const inlet = await this.#options.inlet();
    if (this.#ended.signal.aborted) {
      inlet.release();
      return undefined;
    }
    this.#asked = this.#demand.layer;
    const producer = await inlet.receive(this.#track, this.#asked);
    if (this.#ended.signal.aborted) {
      producer.close();
      return undefined;
    }
    const lost = Promise.withResolvers<void>();
    producer.observer.once("close", () => {
      this.#flow = undefined;
      lost.resolve();
      if (!this.#ended.signal.aborted) this.#options.changed();
    });
    this.#flow = { inlet, producer };
    this.#passOn();
    await this.follow(this.#track);
    const previous = this.#previous;
    this.#previous = undefined;
    this.#first.resolve();
    this.#options.changed();
    if (previous !== undefined) this.#options.replaced(previous);
    return { lost: lost.promise };
  }

  close(): void {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort();
    clearTimeout(this.#linger);
    this.#previous?.close();
    this.#first.resolve();
    this.#flow?.producer.close();
  }
}
