import { Credits } from "@tafelrunde/protocol/credits";

/** How long a piece of work keeps others of its key waiting, and counts, ms: what waits for another node, or for a worker, takes nobody's place. */
export const PLACE_MS = 50;

interface Share {
  taken: number;
  readonly waiting: (() => void)[];
  /** Until there is credit again. */
  timer: ReturnType<typeof setTimeout> | undefined;
}

/**
 * Work that is done at the same time for one key, and over time while others are there, at most so much; what is more waits. A worker takes what it
 * is told in the order in which it comes, so that whoever may say a hundred things at once keeps everyone else waiting.
 */
export class Places {
  readonly #perKey: () => number;
  readonly #placeMs: number;
  readonly #credits: Credits;
  readonly #shares = new Map<string, Share>();

  /** `perKey`: how much at a time. How much waits is for the caller to bound. */
  constructor(perKey: () => number, { placeMs = PLACE_MS, now = () => performance.now() } = {}) {
    this.#perKey = perKey;
    this.#placeMs = placeMs;
    this.#credits = new Credits(now);
  }

  /** Does `work` when its key has a place and credit. */
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
