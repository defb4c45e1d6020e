/** Shortest wait, ms: what another edge has not done yet must not keep this one busy. */
const LEAST_WAIT_MS = 100;

/** Longest wait until the next look, ms: timers take no more than 2^31 ms, and clocks are corrected. */
const LONGEST_WAIT_MS = 60_000;

/** Calls back when something is due. */
export class DueTimer implements Disposable {
  readonly #now: () => number;
  readonly #act: () => void;
  #at: number | null = null;
  /** When the timer ends, ms of `performance.now()`. */
  #endsAt = Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(now: () => number, act: () => void) {
    this.#now = now;
    this.#act = act;
  }

  /** The next instant, ms; null: none. After a call back, set it again. */
  set(at: number | null): void {
    // A timer that ends soon enough is left alone: frequent calls must not put it off again and again.
    const isArmed = this.#timer !== undefined && at !== null &&
      this.#endsAt <= performance.now() + this.#waitMs(at);
    this.#at = at;
    if (!isArmed) this.#arm();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#at = null;
  }

  #arm(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#at === null) return;
    const waitMs = this.#waitMs(this.#at);
    this.#endsAt = performance.now() + waitMs;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#at === null) return;
      if (this.#now() >= this.#at) this.#act();
      else this.#arm();
    }, waitMs);
  }

  #waitMs(at: number): number {
    return Math.min(LONGEST_WAIT_MS, Math.max(LEAST_WAIT_MS, at - this.#now()));
  }
}
