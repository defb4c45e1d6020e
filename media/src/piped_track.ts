import type { types } from "mediasoup";
import { setTimeout as delay } from "node:timers/promises";
import { Demand } from "./demand.ts";
import type { Inlet } from "./pipe_inlet.ts";
import type { TrackFacts } from "./track.ts";

/** How long a track is piped on when nobody wants it any more, ms: pipes shall not flap while people page through a gallery. */
export const PIPE_LINGER_MS = 2_000;

/** Wait before the first and the last try of a series to get a track, ms. */
const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 3_000;

/** What a piped track needs of its room. */
export interface PipedTrackOptions {
  readonly track: TrackFacts;
  /** Whether it is the same track of the same router elsewhere; else it is to be piped anew. */
  readonly key: string;
  /** The pipe that it is to come through, opened if need be. Rejects when there is none now. */
  readonly inlet: () => Promise<Inlet>;
  /** Stands for it until it flows. */
  readonly previous: PipedTrack | undefined;
  /** It flows, or does not flow any more. */
  readonly changed: () => void;
  /** It flows in place of `previous`. */
  readonly replaced: (previous: PipedTrack) => void;
  /** Nobody has wanted it for a while: it is closed. */
  readonly unused: () => void;
  readonly failed: (error: unknown) => void;
}

/** A track on a router that it was not published on. Comes when the first one wants it, tries again until it is closed. */
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
  /** What the far end was told. */
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

  /** What stands for it on this router; undefined: it does not flow (yet). */
  get producer(): types.Producer | undefined {
    return this.#flow?.producer ?? this.#previous?.producer;
  }

  /** Whether something of it should come: it flows, is not muted, and is seen or heard by someone. */
  get isWatched(): boolean {
    const { kind, muted } = this.#track;
    return this.#flow !== undefined && !muted && (kind === "audio" || this.#demand.layer >= 0);
  }

  /** Resolves when it flows for the first time, or is closed. */
  get whenSettled(): Promise<void> {
    return this.#first.promise;
  }

  /** Its demand, for the one that takes its place. */
  takeDemand(): Demand {
    return this.#demand;
  }

  /** Someone on this router wants it. */
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

  /** Largest layer that a user wants to see, -1: none. The far end hears when the largest of all changes. */
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

  /** Its publisher muted or unmuted it, or something else about it changed. */
  async follow(track: TrackFacts): Promise<void> {
    this.#track = track;
    const producer = this.#flow?.producer;
    if (producer === undefined || producer.paused === track.muted) return;
    await (track.muted ? producer.pause() : producer.resume()).catch((error: unknown) => {
      if (!producer.closed) this.#options.failed(error);
    });
  }

  /** Gets it, and again when it is lost, until it is closed. */
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

  /** Resolves when it flows; `lost` when it does not any more. Undefined: it was closed meanwhile. */
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
