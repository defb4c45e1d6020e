import type { ConsumerInfo, TrackId } from "@tafelrunde/protocol";

/** Most tracks that are kept of one path: more than a view has. */
const MAX_AHEAD = 200;

/**
 * Tracks of a path whose answer is still on its way: the edge may say them first, the direct way in answers by another connection. Of two such paths
 * only the later can come to be.
 */
export class ConsumersAhead {
  #path: string | undefined;
  readonly #infos = new Map<TrackId, ConsumerInfo>();

  open(path: string, infos: readonly ConsumerInfo[]): void {
    if (path !== this.#path) this.#infos.clear();
    this.#path = path;
    for (const info of infos) if (this.#infos.size < MAX_AHEAD) this.#infos.set(info.trackId, info);
  }

  close(path: string, trackIds: readonly TrackId[]): void {
    if (path === this.#path) { for (const trackId of trackIds) this.#infos.delete(trackId); }
  }

  /** What came of a path that is there now; the rest is forgotten. */
  take(path: string): readonly ConsumerInfo[] {
    const infos = path === this.#path ? [...this.#infos.values()] : [];
    this.#infos.clear();
    this.#path = undefined;
    return infos;
  }
}
