/**
 * The tracks of a room and their sources. While its publisher moves, a track can come from two places at
 * once: the place that named it last counts; when it drops the track, the previous one does. Among places of
 * different `rank`, the higher rank counts, whichever named it last. Iterates in the order in which tracks
 * were first named.
 */
export class TrackBook<Entry> implements Iterable<[string, Entry]> {
  readonly #tracks = new Map<string, Map<string, Entry>>();
  readonly #rank: (place: string) => number;

  constructor(rank: (place: string) => number = () => 0) {
    this.#rank = rank;
  }

  /** The entry of a track from the place that counts. */
  get(trackId: string): Entry | undefined {
    return this.#thatCounts(this.#tracks.get(trackId));
  }

  /** The entry of a track from one place. */
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
   * Records a place's entry for a track; an update from the same place keeps its order. `isOld`: it is
   * unknown since when the place has had the track, so entries of other places take precedence.
   */
  set(trackId: string, place: string, entry: Entry, isOld = false): void {
    const entries = this.#tracks.get(trackId);
    if (isOld && entries?.has(place) === false) {
      this.#tracks.set(trackId, new Map([[place, entry], ...entries]));
    } else if (entries === undefined) this.#tracks.set(trackId, new Map([[place, entry]]));
    else entries.set(place, entry);
  }

  /** Removes a place's entry for a track; false: it had none. */
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
