/** Limits how many lines of one kind go into a log per period; the others are counted. */
export class LogBudget {
  readonly #lines: number;
  readonly #periodMs: number;
  readonly #spent = new Map<string, { from: number; lines: number }>();

  constructor({ lines = 10, periodMs = 60_000 } = {}) {
    this.#lines = lines;
    this.#periodMs = periodMs;
  }

  /**
   * Takes one line of this kind at `now`, ms. Returns how many lines were left out before it; undefined if it
   * must not be written.
   */
  take(kind: string, now = performance.now()): { readonly leftOut: number } | undefined {
    const spent = this.#spent.get(kind);
    if (spent === undefined || now - spent.from >= this.#periodMs) {
      this.#spent.set(kind, { from: now, lines: 1 });
      return { leftOut: Math.max(0, (spent?.lines ?? 0) - this.#lines) };
    }
    spent.lines += 1;
    return spent.lines <= this.#lines ? { leftOut: 0 } : undefined;
  }
}
