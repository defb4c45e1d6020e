import { setTimeout as pass } from "node:timers/promises";
import type { Refusal } from "@tafelrunde/protocol";
import { FairQueue } from "./fair_queue.ts";

/** Tries that wait at once for the turns of one subject, and in all. */
const WAITING_PER_SUBJECT = 200;
const WAITING_IN_ALL = 2_000;

/** Longest wait for a turn, ms; then the client is told to come again. */
const LONGEST_WAIT_MS = 20_000;

/** How often it is asked whether the next turn has come, ms. A turn that was not used is given back in between. */
const LOOK_MS = 500;

interface Waiting {
  readonly take: TakeTurn;
  /** Ends the wait; undefined: it is their turn. */
  end(outcome: Refusal | undefined): void;
  /** It could not be asked for a turn. */
  fail(error: unknown): void;
  readonly isOver: boolean;
}

/** Takes a turn of a subject if one is free; gives the refusal if none is. */
export type TakeTurn = () => Promise<Refusal | undefined>;

/**
 * Turns that come every few seconds, for what is not refused although its points are spent. Who waits for the turns of one subject shares them:
 * networks take turns, within each the addresses.
 */
export class SlowTurns implements Disposable {
  readonly #subjects = new Map<string, FairQueue<Waiting>>();
  readonly #stop = new AbortController();
  #size = 0;

  /** How many wait. */
  get size(): number {
    return this.#size;
  }

  /** Waits for a turn of `subject`; undefined: it is theirs, else they are to come again. `path`: whose try it is, the widest network first. */
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
