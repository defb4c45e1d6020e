/** How many lines of one kind go into a log within one period; the others are counted. */
export class LogBudget {
  readonly #lines: number;
  readonly #periodMs: number;
  readonly #spent = new Map<string, { from: number; lines: number }>();

  constructor({ lines = 10, periodMs = 60_000 } = {}) {
    this.#lines = lines;
    this.#periodMs = periodMs;
  }

  /** Whether one more line of this kind may be written at `now`, ms, and how many were left out before it; undefined: it may not. */
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
