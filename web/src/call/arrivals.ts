/**
 * Time without any incoming packet on the transport before the client asks the node what it sends, ms; the
 * client asks twice within `DEAF_AFTER_MS`.
 */
const ASK_AFTER_MS = 3_000;

/** Time without incoming packets although the node sends, ms; then the transports are rebuilt. */
export const DEAF_AFTER_MS = 5_000;

/** Minimum time between two rebuilds for this reason, ms. */
export const REBUILD_PAUSE_MS = 15_000;

/**
 * Longest delay between two queries, ms; it doubles up to this from 2 s, because others can be silent for
 * long.
 */
const LONGEST_ASK_DELAY_MS = 16_000;

/** Bytes that a node can have sent and lost without the transport being at fault: one second of audio. */
const LOST_BYTES = 4_000;

/**
 * Detects a transport on which nothing arrives although the node sends: ICE can count as connected on a path
 * that a network carries in one direction only. A participant who falls silent is no reason: then the node
 * sends nothing either. The caller feeds it with counters, the node's answers and the time.
 */
export class Arrivals {
  #count = -1;
  #since = 0;
  #askedAt = 0;
  #delayMs = 0;
  #sentBytes: number | undefined;
  #rebuiltAt = -Infinity;

  /**
   * Returns whether to ask the node what it has sent, at `now` (ms). `count`: everything that has arrived on
   * the transport, in any unit. `isExpecting`: another participant shares something that keeps arriving.
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

  /** Handles the node's answer, at `now` (ms). Returns whether the transports must be rebuilt. */
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
