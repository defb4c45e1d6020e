import type { TrackId } from "@tafelrunde/protocol";
import { after } from "./timer.ts";

/** How long what was there stays at most, ms: if nothing flows by then, the new way is as good. */
const PATIENCE_MS = 5_000;

/** One way on which a track comes. */
export interface Source {
  readonly track: MediaStreamTrack;
  /** Resolves when something of it has been decoded, or (sound) has come, or with `signal`. */
  flowing(signal: AbortSignal): Promise<void>;
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
  readonly #next = new Map<TrackId, { readonly source: Source; readonly life: AbortController }>();

  constructor(host: ReceptionHost) {
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

  /** A way has ended. */
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

  /** Of which tracks something is shown. */
  get trackIds(): ReadonlySet<TrackId> {
    return new Set(this.#shown.keys());
  }

  /** Calls `each` with every track that is shown. */
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
