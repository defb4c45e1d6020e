import type { MediaNoticeOf } from "@tafelrunde/protocol/media";

/** How often a room reports its active speakers, ms. */
export const SPEAKERS_INTERVAL_MS = 300;

/** Most active speakers of one space reported at once. */
export const MAX_SPEAKERS = 8;

/** Most active speakers heard at once on one router, in all spaces. */
export const MAX_HEARD = 64;

/** Shortest time between two reports, ms: the sources report at different times. */
const PAUSE_MS = SPEAKERS_INTERVAL_MS / 2;

export type Speaker = MediaNoticeOf<"speakers">["speakers"][number];

/** Active speakers by space, loudest first; null: the main room. */
export type SpeakersBySpace = ReadonlyMap<string | null, Speaker[]>;

/** The active speakers of a room, merged from its routers and other nodes. */
export class Speakers implements Disposable {
  readonly #places = new Map<unknown, readonly Speaker[]>();
  readonly #spaceOf: (trackId: string) => string | null | undefined;
  readonly #notify: (bySpace: SpeakersBySpace) => void;
  #toldAt = -Infinity;
  /** Where somebody was speaking at the last report. */
  #loud = new Set<string | null>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * `spaceOf`: the space of a track; undefined: it is left out. `notify` gets all spaces in which somebody
   * speaks or has just stopped.
   */
  constructor(
    spaceOf: (trackId: string) => string | null | undefined,
    notify: (bySpace: SpeakersBySpace) => void,
  ) {
    this.#spaceOf = spaceOf;
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
    const bySpace = new Map<string | null, Speaker[]>([...this.#loud].map((space) => [space, []]));
    this.#loud = new Set();
    for (const speaker of loudest) {
      const space = this.#spaceOf(speaker.trackId);
      if (space === undefined) continue;
      const speakers = bySpace.get(space) ?? [];
      if (speakers.length < MAX_SPEAKERS) bySpace.set(space, [...speakers, speaker]);
      this.#loud.add(space);
    }
    if (bySpace.size > 0) this.#notify(bySpace);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#places.clear();
  }
}
