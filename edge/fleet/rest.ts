/** Rest after the first loss of a node, counted from its return, ms; doubled with each further loss. */
const FIRST_REST_MS = 5_000;

/** Longest rest, ms. */
const LONGEST_REST_MS = 5 * 60_000;

/** After this time without a loss, earlier losses are forgotten, ms. */
const STEADY_MS = 5 * 60_000;

/**
 * Flap damping: a node that comes and goes is avoided for longer each time. Times are of one monotonic clock,
 * ms.
 */
export class Rest {
  #losses = 0;
  #lostAt = -Infinity;
  #until = -Infinity;

  lost(at: number): void {
    if (at - this.#lostAt > STEADY_MS) this.#losses = 0;
    this.#losses++;
    this.#lostAt = at;
  }

  /** The node answers (again). */
  returned(at: number): void {
    if (this.#losses === 0) return;
    this.#until = at + Math.min(FIRST_REST_MS * 2 ** (this.#losses - 1), LONGEST_REST_MS);
  }

  isOver(at: number): boolean {
    return at >= this.#until;
  }
}
