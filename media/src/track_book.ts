/**
 * Which tracks a room has, and where from. A track may come from two places at once while its publisher moves: the place that named it last
 * counts; when that one lets go of it, the one before. Of places of different `rank`, that of the higher counts, whoever named it last. Iterates in
 * the order in which tracks were first named.
 */
export class TrackBook<Entry> implements Iterable<[string, Entry]> {
  readonly #tracks = new Map<string, Map<string, Entry>>();
  readonly #rank: (place: string) => number;

  constructor(rank: (place: string) => number = () => 0) {
    this.#rank = rank;
  }

  /** What is known of a track from the place that counts. */
  get(trackId: string): Entry | undefined {
    return this.#thatCounts(this.#tracks.get(trackId));
  }

  /** What is known of a track from one place. */
  getFrom(trackId: string, place: string): Entry | undefined {
    return this.#tracks.get(trackId)?.get(place);
  }

  /** Tracks that a place has, whether or not it counts for them. */
  *from(place: string): Iterable<[string, Entry]> {
    for (const [trackId, entries] of this.#tracks) {
      const entry = entries.get(place);
      if (entry !== undefined) yield [trackId, entry];
    }
  }

  /**
   * Notes what a place says of a track; news of a track that it has named already leave its turn as it is. `isOld`: it is not known for how long
   * the place has had it; what others named counts before.
   */
  set(trackId: string, place: string, entry: Entry, isOld = false): void {
    const entries = this.#tracks.get(trackId);
    if (isOld && entries?.has(place) === false) {
      this.#tracks.set(trackId, new Map([[place, entry], ...entries]));
    } else if (entries === undefined) this.#tracks.set(trackId, new Map([[place, entry]]));
    else entries.set(place, entry);
  }

  /** Forgets a track of a place; false: it had none. */
  delete(trackId: string, place: string): boolean {
    const entries = this.#tracks.get(trackId);
    if (entries === undefined || !entries.delete(place)) return false;
    if (entries.size === 0) this.#tracks.delete(trackId);
    return true;
  }

  get size(): number {
    return this.#tracks.size;
  }

  *[Symbol.iterator](): Iterator<[string, Entry]> {
    for (const [trackId, entries] of this.#tracks) yield [trackId, this.#thatCounts(entries)!];
  }

  *values(): Iterable<Entry> {
    for (const entries of this.#tracks.values()) yield this.#thatCounts(entries)!;
  }

  #thatCounts(entries: ReadonlyMap<string, Entry> | undefined): Entry | undefined {
    let best: Entry | undefined;
    let highest = -Infinity;
    for (const [place, entry] of entries ?? []) {
      const rank = this.#rank(place);
      if (rank < highest) continue;
      highest = rank;
      best = entry;
    }
    return best;
  }
}
