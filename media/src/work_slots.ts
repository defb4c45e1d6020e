import { Credits } from "@tafelrunde/protocol/process/credits";

/**
 * How long running work blocks others of its key and costs credit, ms: work that waits for another node or
 * for a worker takes up no slot.
 */
export const PLACE_MS = 50;

interface Share {
  taken: number;
  readonly waiting: (() => void)[];
  /** Set until there is credit again. */
  timer: ReturnType<typeof setTimeout> | undefined;
}

/**
 * Limits the work that runs concurrently for one key, and its share over time while there are other keys; the
 * excess waits. A worker processes its requests in order of arrival, so without a limit a client that sends a
 * hundred requests at once delays all others.
 */
export class WorkSlots {
  readonly #perKey: () => number;
  readonly #placeMs: number;
  readonly #credits: Credits;
  readonly #shares = new Map<string, Share>();

  /** `perKey`: the concurrency of one key. The caller bounds the length of the queue. */
  constructor(perKey: () => number, { placeMs = PLACE_MS, now = () => performance.now() } = {}) {
    this.#perKey = perKey;
    this.#placeMs = placeMs;
    this.#credits = new Credits(now);
  }

  /** Runs `work` when its key has a free slot and credit. */
  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    this.#credits.came(key);
    const share = this.#shares.get(key) ?? { taken: 0, waiting: [], timer: undefined };
    this.#shares.set(key, share);
    await new Promise<void>((given) => {
      share.waiting.push(given);
      this.#goOn(key, share);
    });
    const leave = this.#begun(key, share);
    try {
      return await work();
    } finally {
      leave();
    }
  }

  #goOn(key: string, share: Share): void {
    while (share.taken < this.#perKey() && share.timer === undefined && share.waiting.length > 0) {
      const waitMs = this.#credits.waitMs(key);
      if (waitMs > 0) {
        share.timer = setTimeout(() => {
          share.timer = undefined;
          this.#goOn(key, share);
        }, waitMs);
        return;
      }
      share.taken++;
      share.waiting.shift()!();
    }
    if (share.taken === 0 && share.timer === undefined) this.#shares.delete(key);
  }

  #begun(key: string, share: Share): () => void {
    const end = this.#credits.begin(key);
    let isLeft = false;
    const leave = () => {
      if (isLeft) return;
      isLeft = true;
      clearTimeout(timer);
      end();
      share.taken--;
      this.#goOn(key, share);
    };
    const timer = setTimeout(leave, this.#placeMs);
    return leave;
  }
}
