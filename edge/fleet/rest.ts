import { type Backoff, backoffMs } from "@tafelrunde/protocol";

/** Rest of a node after its losses, counted from its return. */
const RESTS: Backoff = { firstMs: 5_000, longestMs: 5 * 60_000 };

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
    this.#until = at + backoffMs(this.#losses - 1, RESTS);
  }

  isOver(at: number): boolean {
    return at >= this.#until;
  }
}
