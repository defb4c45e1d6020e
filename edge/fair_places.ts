import { onBehalfOf } from "./asker.ts";
import { Credits } from "@tafelrunde/protocol/process/credits";
import { FairTurns } from "./fair_turns.ts";
import type { Log } from "@tafelrunde/protocol/process/log";
import { ProcessorUse } from "./processor_use.ts";

/**
 * Requests of one address answered at the same time, whatever else has arrived. For a school's first page
 * each browser sends several; answered one after another they are as fast as all at once, because one thread
 * answers them.
 */
export const PLACES_PER_ADDRESS = 2;

/**
 * How long a request occupies its place, and is charged, ms: a request that waits for its own body, or for a
 * password check, must not block others.
 */
export const PLACE_MS = 20;

/**
 * Longest time before a request that waits for credit is checked again, ms: the process might be less busy by
 * then.
 */
const LOOK_MS = 100;

interface Share {
  taken: number;
  readonly waiting: ((leave: () => void) => void)[];
  /** Runs until there is credit again. */
  timer: ReturnType<typeof setTimeout> | undefined;
}

export interface FairPlacesOptions {
  readonly placeMs?: number;
  readonly now?: () => number;
  /** Whether this process is busy: otherwise no request waits for credit. */
  readonly use?: Pick<ProcessorUse, "isHigh">;
}

/** A source of further work, which is paused while work waits. */
export interface Source {
  pause(): void;
  resume(): void;
}

/**
 * Starts work when its key has a free place and credit, in turns between keys. An address with many requests
 * only delays itself: its work in progress (database connections, steps of the event loop) is small at any
 * time and over time, so others find both free.
 */
export class FairPlaces implements Disposable {
  readonly #turns: FairTurns;
  readonly #credits: Credits;
  readonly #placeMs: number;
  readonly #shares = new Map<string, Share>();

  constructor(log: Log, options: FairPlacesOptions = {}) {
    const { placeMs = PLACE_MS, now = () => performance.now(), use = new ProcessorUse() } = options;
    this.#turns = new FairTurns(log);
    this.#credits = new Credits(now, () => use.isHigh);
    this.#placeMs = placeMs;
  }

  /**
   * Calls `begin` for `key` when it is its turn; `begin` must call `leave` when the work is done. The caller
   * must bound the queue.
   */
  enter(key: string, begin: (leave: () => void) => void): void {
    this.#credits.came(key);
    const share = this.#shares.get(key) ?? { taken: 0, waiting: [], timer: undefined };
    this.#shares.set(key, share);
    share.waiting.push(begin);
    this.#goOn(key, share);
  }

  /**
   * Runs `work` for `key`: at once if it has credit, otherwise when it is its turn. `source` is paused
   * meanwhile. Rejects if `work` does.
   */
  async run(key: string, work: () => Promise<void>, source: Source): Promise<void> {
    if (this.#shares.get(key)?.timer === undefined && this.#credits.waitMs(key) === 0) {
      this.#credits.came(key);
      const leave = this.#begun(key, () => {});
      return await onBehalfOf(key, work).finally(leave);
    }
    source.pause();
    const entered = Promise.withResolvers<() => void>();
    this.enter(key, entered.resolve);
    const leave = await entered.promise;
    source.resume();
    await onBehalfOf(key, work).finally(leave);
  }

  /** Charges `key` for `ms` of work done elsewhere. */
  charge(key: string, ms: number): void {
    this.#credits.spend(key, ms);
  }

  /**
   * From now on no work waits for credit: this process is about to end, and finishes pending requests first.
   */
  lift(): void {
    this.#credits.lift();
    for (const [key, share] of this.#shares) {
      clearTimeout(share.timer);
      share.timer = undefined;
      this.#goOn(key, share);
    }
  }

  [Symbol.dispose](): void {
    this.#turns[Symbol.dispose]();
    for (const { timer } of this.#shares.values()) clearTimeout(timer);
    this.#shares.clear();
  }

  #goOn(key: string, share: Share): void {
    while (share.taken < PLACES_PER_ADDRESS && share.timer === undefined) {
      const waitMs = share.waiting.length === 0 ? 0 : Math.min(LOOK_MS, this.#credits.waitMs(key));
      if (waitMs > 0) {
        share.timer = setTimeout(() => {
          share.timer = undefined;
          this.#goOn(key, share);
        }, waitMs);
        return;
      }
      const next = share.waiting.shift();
      if (next === undefined) break;
      this.#give(key, share, next);
    }
    if (share.taken === 0 && share.timer === undefined) this.#shares.delete(key);
  }

  #give(key: string, share: Share, begin: (leave: () => void) => void): void {
    share.taken++;
    this.#turns.push(key, () => {
      const leave = this.#begun(key, () => {
        share.taken--;
        this.#goOn(key, share);
      });
      onBehalfOf(key, () => begin(leave));
    });
  }

  /** Charges `key` until the returned function is called, at most for `placeMs`. */
  #begun(key: string, left: () => void): () => void {
    const end = this.#credits.begin(key);
    let isLeft = false;
    const leave = () => {
      if (isLeft) return;
      isLeft = true;
      clearTimeout(timer);
      end();
      left();
    };
    const timer = setTimeout(leave, this.#placeMs);
    return leave;
  }
}
