import { type TrackId, trackKind } from "@tafelrunde/protocol";
import type { PublishedTrack } from "@tafelrunde/protocol/media";

/**
 * A client on its way from one node to another: it has arrived when all its tracks are published there. A
 * muted video is not sent, so it is not awaited.
 */
export class Arrival {
  readonly #missing: Set<TrackId>;
  readonly #done = Promise.withResolvers<void>();

  constructor(tracks: readonly Pick<PublishedTrack, "trackId" | "source" | "muted">[]) {
    const sent = tracks.filter(({ source, muted }) => !muted || trackKind(source) === "audio");
    this.#missing = new Set(sent.map(({ trackId }) => trackId));
  }

  /** Resolves when the client has arrived, or `end` was called. Never rejects. */
  get whenDone(): Promise<void> {
    return this.#done.promise;
  }

  /** The client has been told where to go. */
  moved(): void {
    if (this.#missing.size === 0) this.end();
  }

  published(trackId: TrackId): void {
    if (this.#missing.delete(trackId)) this.moved();
  }

  /** There is nothing more to wait for. */
  end(): void {
    this.#done.resolve();
  }
}
