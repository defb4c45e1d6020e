import type { TrackId } from "@tafelrunde/protocol";
import { every } from "./timer.ts";

/** How often it is looked whether what comes next flows already, ms. */
const LOOK_MS = 50;

/** How long what was there stays at most, ms: if nothing flows by then, the new way is as good. */
const PATIENCE_MS = 5_000;

/** One way on which a track comes. */
export interface Source {
  readonly track: MediaStreamTrack;
  /** Whether something of it has been decoded, or (sound) has come. */
  flows(): Promise<boolean>;
  /** It is not shown any more. */
  release(): void;
}

export interface ReceptionHost {
  /** What is to be seen or heard of a track from now on; undefined: nothing. */
  show(trackId: TrackId, track: MediaStreamTrack | undefined): void;
}

/**
 * What is seen and heard of each track. When a track comes on another way (its node or one's own has changed), the old way is shown until
 * the new one flows: a still picture, if the old is dead, but never an empty tile.
 */
export class Reception {
  readonly #host: ReceptionHost;
  readonly #shown = new Map<TrackId, Source>();
  readonly #next = new Map<TrackId, { readonly source: Source; readonly since: number }>();
  readonly #life = new AbortController();
  #looking: AbortController | undefined;

  constructor(host: ReceptionHost) {
    this.#host = host;
  }

  add(trackId: TrackId, source: Source): void {
    const before = this.#next.get(trackId)?.source;
    if (!this.#shown.has(trackId)) return this.#show(trackId, source);
    this.#next.set(trackId, { source, since: performance.now() });
    before?.release();
    this.#look();
  }

  /** A way has ended. */
  end(trackId: TrackId, source: Source): void {
    const next = this.#next.get(trackId);
    if (next?.source === source) this.#next.delete(trackId);
    else if (this.#shown.get(trackId) === source) {
      if (next === undefined) {
        this.#shown.delete(trackId);
        this.#host.show(trackId, undefined);
      } else this.#swap(trackId, next.source);
    }
    source.release();
    this.#settle();
  }

  /** Calls `each` with every track that is shown. */
  forEach(each: (trackId: TrackId, track: MediaStreamTrack) => void): void {
    for (const [trackId, { track }] of this.#shown) each(trackId, track);
  }

  close(): void {
    this.#life.abort();
    this.#looking?.abort();
    this.#next.clear();
    this.#settle();
  }

  #show(trackId: TrackId, source: Source): void {
    this.#shown.set(trackId, source);
    this.#host.show(trackId, source.track);
  }

  #swap(trackId: TrackId, source: Source): void {
    const before = this.#shown.get(trackId);
    this.#next.delete(trackId);
    this.#show(trackId, source);
    before?.release();
  }

  #look(): void {
    if (this.#looking !== undefined || this.#life.signal.aborted) return;
    this.#looking = new AbortController();
    every(LOOK_MS, () => void this.#lookNow(), this.#looking.signal);
  }

  async #lookNow(): Promise<void> {
    const now = performance.now();
    for (const [trackId, { source, since }] of [...this.#next]) {
      const isDue = now - since > PATIENCE_MS || await source.flows();
      if (isDue && this.#next.get(trackId)?.source === source) this.#swap(trackId, source);
    }
    this.#settle();
  }

  #settle(): void {
    if (this.#next.size > 0) return;
    this.#looking?.abort();
    this.#looking = undefined;
  }
}
