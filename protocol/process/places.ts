import { Credits } from "./credits.ts";

/**
 * Longest time before work that waits for credit is looked at again, ms: the process might be less busy by
 * then.
 */
const LOOK_MS = 100;

interface Share {
  taken: number;
  readonly waiting: ((leave: () => void) => void)[];
  /** Runs until there is credit again. */
  timer: ReturnType<typeof setTimeout> | undefined;
}

export interface PlacesOptions {
  /** Pieces of work of one key that run at the same time. */
  readonly perKey: () => number;
  /**
   * How long running work occupies its place, and is charged, ms: work that waits for somebody else must not
   * block its key.
   */
  readonly placeMs: number;
  readonly now?: (() => number) | undefined;
  /** Whether the process has so much to do that keys wait for credit. */
  readonly isBusy?: (() => boolean) | undefined;
  /** Takes a piece of work that has its place, and starts it when it is its turn. By default at once. */
  readonly inTurn?: ((key: string, start: () => void) => void) | undefined;
}

/**
 * Starts work when its key has a free place and credit. A key with much work only delays itself: its work in
 * progress is small at any time (places) and over time (credit), so others find the process free.
 */
export class Places implements Disposable {
  readonly #perKey: () => number;
  readonly #placeMs: number;
  readonly #inTurn: (key: string, start: () => void) => void;
  readonly #credits: Credits;
  readonly #shares = new Map<string, Share>();
  /** The work in progress that is charged, with the time at which that ends; the first ends first. */
  readonly #running = new Map<() => void, number>();
  /** One timer for all: most work ends long before, and a timer for each piece costs as much as a message. */
  #ending: ReturnType<typeof setTimeout> | undefined;

  constructor({ perKey, placeMs, now, isBusy, inTurn }: PlacesOptions) {
    this.#perKey = perKey;
    this.#placeMs = placeMs;
    this.#inTurn = inTurn ?? ((_key, start) => start());
    this.#credits = new Credits(now ?? (() => performance.now()), isBusy);
  }

  /**
   * Calls `begin` for `key` when it has a place, credit and its turn; `begin` must call `leave` when the work
   * is done. The caller bounds the queue.
   */
  enter(key: string, begin: (leave: () => void) => void): void {
    this.#credits.came(key);
    const share = this.#shares.get(key) ?? { taken: 0, waiting: [], timer: undefined };
    this.#shares.set(key, share);
    share.waiting.push(begin);
    this.#goOn(key, share);
  }

  /** Runs `work` like `enter`. Rejects if `work` does. */
  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const leave = await new Promise<() => void>((entered) => this.enter(key, entered));
    try {
      return await work();
    } finally {
      leave();
    }
  }

  /**
   * Begins work for `key` at once if it has credit, however much of it runs; call the returned function when
   * it is done. Undefined: it has to wait (`enter`).
   */
  enterNow(key: string): (() => void) | undefined {
    if (this.#shares.get(key)?.timer !== undefined || this.#credits.waitMs(key) > 0) return undefined;
    this.#credits.came(key);
    return this.#begun(key, () => {});
  }

  /** Charges `key` for `ms` of work done elsewhere. */
  charge(key: string, ms: number): void {
    this.#credits.spend(key, ms);
  }

  /** From now on no work waits for credit. */
  lift(): void {
    this.#credits.lift();
    for (const [key, share] of this.#shares) {
      clearTimeout(share.timer);
      share.timer = undefined;
      this.#goOn(key, share);
    }
  }

  [Symbol.dispose](): void {
    for (const { timer } of this.#shares.values()) clearTimeout(timer);
    this.#shares.clear();
    clearTimeout(this.#ending);
    this.#running.clear();
  }

  #goOn(key: string, share: Share): void {
    while (share.taken < this.#perKey() && share.timer === undefined && share.waiting.length > 0) {
      const waitMs = Math.min(LOOK_MS, this.#credits.waitMs(key));
      if (waitMs > 0) {
        share.timer = setTimeout(() => {
          share.timer = undefined;
          this.#goOn(key, share);
        }, waitMs);
        return;
      }
      share.taken++;
      const begin = share.waiting.shift()!;
      this.#inTurn(key, () =>
        begin(this.#begun(key, () => {
          share.taken--;
          this.#goOn(key, share);
        })));
    }
    if (share.taken === 0 && share.timer === undefined) this.#shares.delete(key);
  }

  /** Charges `key` until the returned function is called, at most for the time of a place. */
  #begun(key: string, left: () => void): () => void {
    const end = this.#credits.begin(key);
    const leave = () => {
      if (!this.#running.delete(leave)) return;
      end();
      left();
    };
    this.#running.set(leave, performance.now() + this.#placeMs);
    this.#ending ??= setTimeout(() => this.#endDue(), this.#placeMs);
    return leave;
  }

  /** Ends the work whose time is over. */
  #endDue(): void {
    this.#ending = undefined;
    const now = performance.now();
    const due: (() => void)[] = [];
    for (const [leave, endsAt] of this.#running) {
      if (endsAt > now) {
        this.#ending = setTimeout(() => this.#endDue(), endsAt - now);
        break;
      }
      due.push(leave);
    }
    for (const leave of due) leave();
  }
}
