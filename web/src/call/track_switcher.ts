import type { TrackId } from "@tafelrunde/protocol";
import { after } from "./timer.ts";

/** Longest time the old track stays on screen without a frame on the new one, ms. */
const PATIENCE_MS = 5_000;

/** One source of a track: a consumer on one transport. */
export interface Source {
  readonly track: MediaStreamTrack;
  /** Resolves when part of it has been decoded (video) or has arrived (audio), or when `signal` aborts. */
  flowing(signal: AbortSignal): Promise<void>;
  /** It is no longer shown. */
  release(): void;
}

export interface TrackSwitcherHost {
  /** Shows a track from now on; undefined: nothing. */
  show(trackId: TrackId, track: MediaStreamTrack | undefined): void;
}

/**
 * Decides which source of each track is shown. When a track gets a new source (its node or one's own has
 * changed), the old one is shown until the new one flows: a still picture, if the old one is dead, but never
 * an empty tile.
 */
export class TrackSwitcher {
  readonly #host: TrackSwitcherHost;
  readonly #shown = new Map<TrackId, Source>();
  readonly #next = new Map<TrackId, { readonly source: Source; readonly life: AbortController }>();

  constructor(host: TrackSwitcherHost) {
    this.#host = host;
  }

  add(trackId: TrackId, source: Source): void {
    const before = this.#next.get(trackId);
    if (!this.#shown.has(trackId)) return this.#show(trackId, source);
    const next = { source, life: new AbortController() };
    this.#next.set(trackId, next);
    before?.life.abort();
    before?.source.release();
    const swap = () => {
      if (this.#next.get(trackId) === next) this.#swap(trackId, source);
    };
    after(PATIENCE_MS, swap, next.life.signal);
    void source.flowing(next.life.signal).then(swap);
  }

  /** A source has ended. */
  end(trackId: TrackId, source: Source): void {
    const next = this.#next.get(trackId);
    if (next?.source === source) {
      this.#next.delete(trackId);
      next.life.abort();
    } else if (this.#shown.get(trackId) === source) {
      if (next === undefined) {
        this.#shown.delete(trackId);
        this.#host.show(trackId, undefined);
      } else this.#swap(trackId, next.source);
    }
    source.release();
  }

  /** The tracks that are shown. */
  get trackIds(): ReadonlySet<TrackId> {
    return new Set(this.#shown.keys());
  }

  /** Calls `each` with every shown track. */
  forEach(each: (trackId: TrackId, track: MediaStreamTrack) => void): void {
    for (const [trackId, { track }] of this.#shown) each(trackId, track);
  }

  close(): void {
    for (const { life } of this.#next.values()) life.abort();
    this.#next.clear();
  }

  #show(trackId: TrackId, source: Source): void {
    this.#shown.set(trackId, source);
    this.#host.show(trackId, source.track);
  }

  #swap(trackId: TrackId, source: Source): void {
    const before = this.#shown.get(trackId);
    this.#next.get(trackId)?.life.abort();
    this.#next.delete(trackId);
    this.#show(trackId, source);
    before?.release();
  }
}
