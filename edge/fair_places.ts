import { onBehalfOf } from "./asker.ts";
import { FairTurns } from "./fair_turns.ts";
import type { Log } from "./log.ts";

/**
 * Requests of one address that are answered at the same time, of whatever else has come. A school's first page takes each browser some; one after
 * another they are as fast as all at once, since one thread answers them.
 */
export const PLACES_PER_ADDRESS = 2;

/** How long a request keeps others of its address out, ms: what waits for its own body, or for a password's turn, takes nobody's place. */
export const PLACE_MS = 50;

interface Share {
  taken: number;
  readonly waiting: ((leave: () => void) => void)[];
}

/**
 * Lets work begin when its key has a place, and takes turns between keys: whoever asks for much waits for themselves, and what is under way for
 * them (database connections, steps of the event loop) is little, so that others find both free.
 */
export class FairPlaces implements Disposable {
  readonly #turns: FairTurns;
  readonly #placeMs: number;
  readonly #shares = new Map<string, Share>();

  constructor(log: Log, placeMs = PLACE_MS) {
    this.#turns = new FairTurns(log);
    this.#placeMs = placeMs;
  }

  /** Calls `begin` for `key` when it is its turn; that calls `leave` when the work is over. How many wait is for the caller to bound. */
  enter(key: string, begin: (leave: () => void) => void): void {
    const share = this.#shares.get(key) ?? { taken: 0, waiting: [] };
    this.#shares.set(key, share);
    if (share.taken < PLACES_PER_ADDRESS) this.#give(key, share, begin);
    else share.waiting.push(begin);
  }

  [Symbol.dispose](): void {
    this.#turns[Symbol.dispose]();
    this.#shares.clear();
  }

  #give(key: string, share: Share, begin: (leave: () => void) => void): void {
    share.taken++;
    this.#turns.push(key, () => {
      let isLeft = false;
      const leave = () => {
        if (isLeft) return;
        isLeft = true;
        clearTimeout(timer);
        this.#leave(key, share);
      };
      const timer = setTimeout(leave, this.#placeMs);
      onBehalfOf(key, () => begin(leave));
    });
  }

  #leave(key: string, share: Share): void {
    share.taken--;
    const next = share.waiting.shift();
    if (next !== undefined) this.#give(key, share, next);
    else if (share.taken === 0) this.#shares.delete(key);
  }
}
