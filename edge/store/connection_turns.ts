import { currentAsker } from "../asker.ts";
import { FairQueue } from "../fair_queue.ts";
import { StoreUnavailable } from "./unavailable.ts";

interface Waiting {
  /** False: it has given up. */
  take(): boolean;
  refuse(error: StoreUnavailable): void;
}

/**
 * Hands out connections. When all are in use, addresses take turns, so a client that sends many requests only
 * delays itself.
 */
export class ConnectionTurns {
  #free: number;
  readonly #waitMs: number;
  readonly #queue = new FairQueue<Waiting>(Number.MAX_SAFE_INTEGER);

  /** `waitMs`: longest wait for a free connection. */
  constructor(size: number, waitMs: number) {
    this.#free = size;
    this.#waitMs = waitMs;
  }

  /** Takes a free connection; false: none is free. */
  takeNow(): boolean {
    if (this.#free === 0) return false;
    this.#free--;
    return true;
  }

  /**
   * Resolves when a connection is free, with the rest of the time, ms; undefined: all of it. Rejects with
   * StoreUnavailable after `waitMs`.
   */
  async take(): Promise<number | undefined> {
    if (this.takeNow()) return undefined;
    const begunAt = performance.now();
    const turn = Promise.withResolvers<void>();
    let isOver = false;
    const refuse = (error: StoreUnavailable) => {
      isOver = true;
      clearTimeout(timer);
      turn.reject(error);
    };
    const timer = setTimeout(
      () => refuse(new StoreUnavailable("No connection to the database became free.")),
      this.#waitMs,
    );
    const take = () => {
      if (isOver) return false;
      clearTimeout(timer);
      turn.resolve();
      return true;
    };
    this.#queue.push([currentAsker()], { take, refuse });
    await turn.promise;
    return Math.max(1, this.#waitMs - (performance.now() - begunAt));
  }

  /** Returns a connection. */
  giveBack(): void {
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      if (next.take()) return;
    }
    this.#free++;
  }

  /** The connections are closed: rejects all waiting callers. */
  end(): void {
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      next.refuse(new StoreUnavailable("The database is closed."));
    }
  }
}
