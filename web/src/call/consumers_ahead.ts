import type { ConsumerInfo, TrackId } from "@tafelrunde/protocol";

/** Most tracks that are kept for one transport: more than a view has. */
const MAX_AHEAD = 200;

/**
 * Tracks for transports whose answer has not arrived yet: the edge can announce them first, because the
 * direct join is answered on another connection. Of two such transports only the later can come into use.
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

  /** Returns the tracks for a transport that now exists; the rest is discarded. */
  take(path: string): readonly ConsumerInfo[] {
    const infos = path === this.#path ? [...this.#infos.values()] : [];
    this.#infos.clear();
    this.#path = undefined;
    return infos;
  }
}
