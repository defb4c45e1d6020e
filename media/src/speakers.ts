import type { MediaNoticeOf } from "@tafelrunde/protocol/media";

/** How often a room reports its active speakers, ms. */
export const SPEAKERS_INTERVAL_MS = 300;

/** Most active speakers reported at once. */
export const MAX_SPEAKERS = 8;

/** Shortest time between two reports, ms: the sources report at different times. */
const PAUSE_MS = SPEAKERS_INTERVAL_MS / 2;

export type Speaker = MediaNoticeOf<"speakers">["speakers"][number];

/** The active speakers of a room, merged from its routers and other nodes. */
export class Speakers implements Disposable {
  readonly #places = new Map<unknown, readonly Speaker[]>();
  readonly #notify: (speakers: Speaker[]) => void;
  #toldAt = -Infinity;
  #isSilent = true;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(notify: (speakers: Speaker[]) => void) {
    this.#notify = notify;
  }

  /** Sets the active speakers of one source; an empty list means silence. */
  set(place: unknown, speakers: readonly Speaker[]): void {
    if (speakers.length === 0) this.#places.delete(place);
    else this.#places.set(place, speakers);
    this.#timer ??= setTimeout(() => this.#flush(), Math.max(0, this.#toldAt + PAUSE_MS - performance.now()));
  }

  #flush(): void {
    this.#timer = undefined;
    this.#toldAt = performance.now();
    const loudest = [...this.#places.values()].flat().sort((one, other) => other.level - one.level);
    if (loudest.length === 0 && this.#isSilent) return;
    this.#isSilent = loudest.length === 0;
    this.#notify(loudest.slice(0, MAX_SPEAKERS));
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#places.clear();
  }
}
