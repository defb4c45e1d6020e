/**
 * Most keys counted at once. An entry has about 200 bytes: 10 MB for each limit that somebody with any number
 * of addresses fills up.
 */
const MOST_KEYS = 50_000;

/** Keys that are kept when there are too many. */
const KEPT_KEYS = 45_000;

/** The count of a key. Times are ms. */
export interface WindowCount {
  readonly taken: number;
  readonly resetMs: number;
}

/**
 * Counts points by key, in windows that start with a key's first point. Forgets keys after their window and,
 * if there are too many, those whose windows end first.
 */
export class WindowCounter {
  readonly #windowMs: number;
  readonly #now: () => number;
  /** All windows have the same length, so the first in the map ends first. */
  readonly #windows = new Map<string, { taken: number; readonly endsAt: number }>();

  /** `now`: ms. */
  constructor(windowMs: number, now: () => number) {
    this.#windowMs = windowMs;
    this.#now = now;
  }

  /** Number of keys in memory. */
  get size(): number {
    return this.#windows.size;
  }

  take(key: string, points: number): WindowCount {
    const now = this.#now();
    let window = this.#windows.get(key);
    if (window === undefined || this.#isOver(window.endsAt, now)) {
      this.#windows.delete(key);
      if (this.#windows.size >= MOST_KEYS) this.#forget((_, left) => left > KEPT_KEYS);
      window = { taken: 0, endsAt: now + this.#windowMs };
      this.#windows.set(key, window);
    }
    window.taken += points;
    return { taken: window.taken, resetMs: window.endsAt - now };
  }

  /** Returns a point. */
  giveBack(key: string): void {
    const window = this.#windows.get(key);
    if (window !== undefined) window.taken--;
  }

  /** Deletes keys whose windows have ended. Call it often. */
  forgetOver(): void {
    const now = this.#now();
    this.#forget((endsAt) => this.#isOver(endsAt, now));
  }

  /** Also true if the clock was set back: no key waits for longer than one window. */
  #isOver(endsAt: number, now: number): boolean {
    return endsAt <= now || endsAt > now + this.#windowMs;
  }

  #forget(isDue: (endsAt: number, left: number) => boolean): void {
    for (const [key, { endsAt }] of this.#windows) {
      if (!isDue(endsAt, this.#windows.size)) return;
      this.#windows.delete(key);
    }
  }
}
