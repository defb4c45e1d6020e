/** A token bucket: what one sender has left, refilled over time. */
export class Allowance {
  readonly #perSecond: number;
  readonly #burst: number;
  #left: number;
  #at: number;

  constructor({ perSecond, burst }: { perSecond: number; burst: number }, now: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#left = burst;
    this.#at = now;
  }

  /** Takes one token. Returns 0, or the ms until the next token is available. */
  take(now: number): number {
    this.#left = Math.min(this.#burst, this.#left + Math.max(0, now - this.#at) * this.#perSecond / 1000);
    this.#at = now;
    if (this.#left < 1) return Math.ceil((1 - this.#left) * 1000 / this.#perSecond);
    this.#left -= 1;
    return 0;
  }
}
