/** How long nothing may arrive on the whole path before the node is asked what it sends, ms; asked twice by `DEAF_AFTER_MS`. */
const ASK_AFTER_MS = 3_000;

/** How long nothing may arrive although the node sends, ms: then the path is made anew. */
export const DEAF_AFTER_MS = 5_000;

/** How long a new path is given before it is made anew for the same reason, ms. */
export const REBUILD_PAUSE_MS = 15_000;

/** Longest delay between two questions, ms; it doubles up to this from 2 s: somebody else may be silent for long. */
const LONGEST_ASK_DELAY_MS = 16_000;

/** What a node may have sent and lost on the way without the path being at fault, bytes: a sound of a second. */
const LOST_BYTES = 4_000;

/**
 * Notices a media path on which nothing arrives although the node sends: ICE may count as connected on one that a network carries in one
 * direction. Somebody who falls silent is no reason: then the node sends nothing either. Fed with counters, the node's answers and the time.
 */
export class Arrivals {
  #count = -1;
  #since = 0;
  #askedAt = 0;
  #delayMs = 0;
  #sentBytes: number | undefined;
  #rebuiltAt = -Infinity;

  /**
   * Whether to ask the node what it has sent, at `now` (ms). `count`: all that has arrived on the path, in any unit. `isExpecting`: somebody
   * else shares something that keeps coming.
   */
  look(count: number, isExpecting: boolean, now: number): boolean {
    if (!isExpecting || count !== this.#count) {
      this.#count = count;
      this.#since = now;
      this.#askedAt = now;
      this.#delayMs = ASK_AFTER_MS;
      this.#sentBytes = undefined;
      return false;
    }
    if (now - this.#askedAt < this.#delayMs) return false;
    this.#delayMs = this.#sentBytes === undefined
      ? DEAF_AFTER_MS - ASK_AFTER_MS
      : Math.min(2 * this.#delayMs, LONGEST_ASK_DELAY_MS);
    this.#askedAt = now;
    return true;
  }

  /** The node's answer, at `now` (ms). Gives whether the path has to be made anew. */
  answered(sentBytes: number, now: number): boolean {
    const before = this.#sentBytes;
    this.#sentBytes = sentBytes;
    if (before === undefined || sentBytes - before < LOST_BYTES) return false;
    if (now - this.#since < DEAF_AFTER_MS || now - this.#rebuiltAt < REBUILD_PAUSE_MS) return false;
    this.#rebuiltAt = now;
    this.#since = now;
    this.#sentBytes = undefined;
    return true;
  }
}
