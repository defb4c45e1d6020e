import { currentAsker } from "../asker.ts";
import { FairQueue } from "../fair_queue.ts";
import { StoreUnavailable } from "./unavailable.ts";

interface Waiting {
  /** False: it has given up. */
  take(): boolean;
  refuse(error: StoreUnavailable): void;
}

/** Who gets a connection next when all are in use: addresses take turns, so that whoever asks for much waits for themselves. */
export class ConnectionTurns {
  #free: number;
  readonly #waitMs: number;
  readonly #queue = new FairQueue<Waiting>(Number.MAX_SAFE_INTEGER);

  /** `waitMs`: how long a connection may take to become free. */
  constructor(size: number, waitMs: number) {
    this.#free = size;
    this.#waitMs = waitMs;
  }

  /** Resolves when there is a connection, with what is left of the time, ms; undefined: all of it. Rejects with StoreUnavailable when there is none in time. */
  async take(): Promise<number | undefined> {
    if (this.#free > 0) {
      this.#free--;
      return undefined;
    }
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

  /** A connection is free again. */
  giveBack(): void {
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      if (next.take()) return;
    }
    this.#free++;
  }

  /** There are no connections any more. */
  end(): void {
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      next.refuse(new StoreUnavailable("The database is closed."));
    }
  }
}
