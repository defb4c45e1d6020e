import { setTimeout as pass } from "node:timers/promises";
import type { Refusal } from "@tafelrunde/protocol";
import { FairQueue } from "./fair_queue.ts";

/** Most tries that wait at once for one subject, and in total. */
const WAITING_PER_SUBJECT = 200;
const WAITING_IN_ALL = 2_000;

/** Longest wait for a turn, ms; then the client is told to retry. */
const LONGEST_WAIT_MS = 20_000;

/** Interval at which the next turn is requested, ms. Unused turns are returned in between. */
const LOOK_MS = 500;

interface Waiting {
  readonly take: TakeTurn;
  /** Ends the wait; undefined: the turn has come. */
  end(outcome: Refusal | undefined): void;
  /** Requesting a turn has failed. */
  fail(error: unknown): void;
  readonly isOver: boolean;
}

/** Takes a turn of a subject if one is free; otherwise returns the refusal. */
export type TakeTurn = () => Promise<Refusal | undefined>;

/**
 * Turns that come every few seconds, for requests that are not refused although their points are used up.
 * Waiting tries share the turns of a subject: networks take turns, and within each the addresses.
 */
export class SlowTurns implements Disposable {
  readonly #subjects = new Map<string, FairQueue<Waiting>>();
  readonly #stop = new AbortController();
  #size = 0;

  /** Number of waiting tries. */
  get size(): number {
    return this.#size;
  }

  /**
   * Waits for a turn of `subject`; undefined: it has come, otherwise the client must retry. `path`: the
   * owners of the try, widest network first.
   */
  async wait(
    subject: string,
    path: readonly string[],
    take: TakeTurn,
    refusal: Refusal,
  ): Promise<Refusal | undefined> {
    if (this.#size >= WAITING_IN_ALL || this.#stop.signal.aborted) return refusal;
    const { waiting, outcome } = makeWaiting(take);
    const giveUp = () => waiting.end(refusal);
    const timer = setTimeout(giveUp, LONGEST_WAIT_MS);
    this.#stop.signal.addEventListener("abort", giveUp, { once: true });
    this.#size++;
    const queue = this.#subjects.get(subject) ?? new FairQueue<Waiting>(WAITING_PER_SUBJECT);
    queue.push(path, waiting)?.end(refusal);
    if (!this.#subjects.has(subject)) {
      this.#subjects.set(subject, queue);
      void this.#serve(subject, queue);
    }
    try {
      return await outcome;
    } finally {
      this.#size--;
      clearTimeout(timer);
      this.#stop.signal.removeEventListener("abort", giveUp);
    }
  }

  [Symbol.dispose](): void {
    this.#stop.abort();
  }

  async #serve(subject: string, queue: FairQueue<Waiting>): Promise<void> {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      while (!next.isOver) {
        try {
          if (await next.take() === undefined) next.end(undefined);
          else await pass(LOOK_MS, undefined, { signal: this.#stop.signal });
        } catch (error) {
          next.fail(error);
        }
      }
    }
    this.#subjects.delete(subject);
  }
}

function makeWaiting(
  take: TakeTurn,
): { readonly waiting: Waiting; readonly outcome: Promise<Refusal | undefined> } {
  const { promise, resolve, reject } = Promise.withResolvers<Refusal | undefined>();
  const waiting = {
    take,
    isOver: false,
    end(outcome: Refusal | undefined) {
      waiting.isOver = true;
      resolve(outcome);
    },
    fail(error: unknown) {
      waiting.isOver = true;
      reject(error);
    },
  };
  return { waiting, outcome: promise };
}
