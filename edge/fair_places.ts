import { onBehalfOf } from "./asker.ts";
import { Credits } from "@tafelrunde/protocol/credits";
import { FairTurns } from "./fair_turns.ts";
import type { Log } from "./log.ts";
import { ProcessorUse } from "./processor_use.ts";

/**
 * Requests of one address that are answered at the same time, of whatever else has come. A school's first page takes each browser some; one after
 * another they are as fast as all at once, since one thread answers them.
 */
export const PLACES_PER_ADDRESS = 2;

/** How long a request keeps others of its address out, and counts, ms: what waits for its own body, or for a password's turn, takes nobody's place. */
export const PLACE_MS = 20;

/** Who waits for credit is looked at again after this at the latest, ms: the process may have less to do by then. */
const LOOK_MS = 100;

interface Share {
  taken: number;
  readonly waiting: ((leave: () => void) => void)[];
  /** Until there is credit again. */
  timer: ReturnType<typeof setTimeout> | undefined;
}

export interface FairPlacesOptions {
  readonly placeMs?: number;
  readonly now?: () => number;
  /** Whether this process has much to do: while it has not, nobody waits for credit. */
  readonly use?: Pick<ProcessorUse, "isHigh">;
}

/** Where more of the same comes from; it is stopped while what has come waits. */
export interface Source {
  pause(): void;
  resume(): void;
}

/**
 * Lets work begin when its key has a place and credit, and takes turns between keys: whoever asks for much waits for themselves, and what is under
 * way for them (database connections, steps of the event loop) is little, at once and over time, so that others find both free.
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

  /** Calls `begin` for `key` when it is its turn; that calls `leave` when the work is over. How many wait is for the caller to bound. */
  enter(key: string, begin: (leave: () => void) => void): void {
    this.#credits.came(key);
    const share = this.#shares.get(key) ?? { taken: 0, waiting: [], timer: undefined };
    this.#shares.set(key, share);
    share.waiting.push(begin);
    this.#goOn(key, share);
  }

  /** Does `work` for `key`: at once while it has credit, else when it is its turn. `source` is paused while it waits. Rejects as `work` does. */
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

  /** What `key` has caused elsewhere took `ms`. */
  charge(key: string, ms: number): void {
    this.#credits.spend(key, ms);
  }

  /** From now on nobody waits for credit: this process is about to end, and does first what it was asked. */
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

  /** Counts what begins for `key` until the function is called, or for as long as it may keep others out. */
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
