import { FairQueue } from "./fair_queue.ts";
import { guarded } from "@tafelrunde/protocol/process/faults";
import type { Log } from "@tafelrunde/protocol/process/log";

/** Time for which steps are run before other work of the process gets its turn, ms. */
const TURN_MS = 1;

/** Runs steps of work in turns between keys, and yields to the event loop in between. */
export class FairTurns implements Disposable {
  readonly #log: Log;
  readonly #queue = new FairQueue<() => void>(Number.MAX_SAFE_INTEGER);
  #next: ReturnType<typeof setImmediate> | undefined;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Queues a step for `key`. A step that throws is logged as our fault. The caller must bound the queue. */
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
