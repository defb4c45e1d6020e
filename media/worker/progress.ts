/** The progress of a compilation, extrapolated by time between the completions of its units. */
export class Progress {
  readonly #weights: ReadonlyMap<string, number>;
  readonly #total: number;
  readonly #beganAt: number;
  readonly #typicalMs: number;
  /** Largest share by which started units can be ahead of the completed ones. */
  readonly #begun: number;
  readonly #ended = new Set<string>();
  #endedAt: number;
  #shown = 0;

  /**
   * `weights`: each unit's share of the work, in any unit of measure; `parallel`: how many compile at once;
   * `typicalMs`: total time on an ordinary machine, for a first estimate.
   */
  constructor(weights: ReadonlyMap<string, number>, parallel: number, typicalMs: number, nowMs: number) {
    this.#weights = weights;
    this.#total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
    this.#begun = parallel * Math.max(...weights.values()) / this.#total;
    this.#typicalMs = typicalMs;
    this.#beganAt = this.#endedAt = nowMs;
  }

  /** A unit is complete; one without a weight is ignored. */
  ended(name: string, nowMs: number): void {
    if (!this.#weights.has(name)) return;
    this.#ended.add(name);
    this.#endedAt = nowMs;
  }

  /** "compiling: 45 %, about 90 s left"; the share never falls. */
  text(nowMs: number): string {
    const done = [...this.#ended].reduce((sum, name) => sum + (this.#weights.get(name) ?? 0), 0) /
      this.#total;
    const ahead = 0.9 * this.#begun;
    const msPerShare = Math.max(this.#msPerShare(done), (nowMs - this.#beganAt) / (done + ahead));
    const since = Math.min((nowMs - this.#endedAt) / msPerShare, ahead);
    this.#shown = Math.max(
      this.#shown,
      Math.min(done + since, this.#ended.size < this.#weights.size ? 0.99 : 1),
    );
    return `compiling: ${Math.floor(this.#shown * 100)} %, about ${
      duration((1 - this.#shown) * msPerShare)
    } left`;
  }

  /** Estimated total time at the pace so far; the typical pace counts as a tenth of the whole. */
  #msPerShare(done: number): number {
    return (this.#endedAt - this.#beganAt + 0.1 * this.#typicalMs) / (done + 0.1);
  }
}

/** "5 s", "90 s", "4 min": never less than 5 s. */
function duration(ms: number): string {
  const seconds = Math.max(5, Math.ceil(ms / 5_000) * 5);
  return seconds <= 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}
