import { FairQueue } from "./fair_queue.ts";
import { guarded } from "./faults.ts";
import type { Log } from "./log.ts";

/** How long steps are taken before whatever else the process has to do gets its turn, ms: that, too, is what others wait for. */
const TURN_MS = 1;

/** Takes steps of work in turns between those whom they are for, and leaves the event loop to others in between. */
export class FairTurns implements Disposable {
  readonly #log: Log;
  readonly #queue = new FairQueue<() => void>(Number.MAX_SAFE_INTEGER);
  #next: ReturnType<typeof setImmediate> | undefined;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Takes a step for `key` when it is its turn. A step that throws is logged as our fault. How many wait is for the caller to bound. */
  push(key: string, step: () => void): void {
    this.#queue.push([key], guarded(this.#log, "http", step));
    this.#goOn();
  }

  #goOn(): void {
    this.#next ??= setImmediate(() => this.#take());
  }

  #take(): void {
    this.#next = undefined;
    const until = performance.now() + TURN_MS;
    do {
      const step = this.#queue.shift();
      if (step === undefined) return;
      step();
    } while (performance.now() < until);
    this.#goOn();
  }

  [Symbol.dispose](): void {
    clearImmediate(this.#next);
  }
}
