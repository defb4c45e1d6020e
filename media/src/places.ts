/** How long a piece of work keeps others of its key waiting, ms: what waits for another node, or for a worker, takes nobody's place. */
export const PLACE_MS = 50;

interface Share {
  taken: number;
  readonly waiting: (() => void)[];
}

/**
 * Work that is done at the same time for one key, at most so much; what is more waits. A worker takes what it is told in the order in which it comes,
 * so that whoever may say a hundred things at once keeps everyone else waiting.
 */
export class Places {
  readonly #perKey: () => number;
  readonly #placeMs: number;
  readonly #shares = new Map<string, Share>();

  /** `perKey`: how much at a time. How much waits is for the caller to bound. */
  constructor(perKey: () => number, placeMs = PLACE_MS) {
    this.#perKey = perKey;
    this.#placeMs = placeMs;
  }

  /** Does `work` when its key has a place. */
  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const share = this.#shares.get(key) ?? { taken: 0, waiting: [] };
    this.#shares.set(key, share);
    if (share.taken < this.#perKey()) share.taken++;
    else await new Promise<void>((given) => share.waiting.push(given));
    let isLeft = false;
    const leave = () => {
      if (isLeft) return;
      isLeft = true;
      clearTimeout(timer);
      const next = share.waiting.shift();
      if (next !== undefined) return next();
      share.taken--;
      if (share.taken === 0) this.#shares.delete(key);
    };
    const timer = setTimeout(leave, this.#placeMs);
    try {
      return await work();
    } finally {
      leave();
    }
  }
}
