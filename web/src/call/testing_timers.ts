/// <reference lib="deno.ns" />

interface Held {
  readonly delayMs: number;
  readonly run: () => void;
}

/**
 * While it is in use, long timers wait until the test passes their time: on a slow machine no deadline of the
 * product expires by itself. Shorter timers work as usual.
 */
export class HeldTimers implements Disposable {
  readonly #real = {
    setTimeout: globalThis.setTimeout,
    clearTimeout: globalThis.clearTimeout,
    setInterval: globalThis.setInterval,
    clearInterval: globalThis.clearInterval,
  };
  readonly #held = new Map<number, Held>();
  #last = 0;

  /** `fromMs`: the shortest timer that is held. */
  constructor(fromMs = 1_000) {
    type Set = (run: () => void, delayMs?: number) => number;
    type Clear = (id?: number) => void;
    const { setTimeout, clearTimeout, setInterval, clearInterval } = this.#real as unknown as
      & Record<"setTimeout" | "setInterval", Set>
      & Record<"clearTimeout" | "clearInterval", Clear>;
    const set = (real: Set): Set => (run, delayMs = 0) =>
      delayMs < fromMs ? real(run, delayMs) : this.#hold({ delayMs, run });
    const clear = (real: Clear): Clear => (id) => {
      if (id === undefined || !this.#held.delete(id)) real(id);
    };
    Object.assign(globalThis, {
      setTimeout: set(setTimeout),
      clearTimeout: clear(clearTimeout),
      setInterval: set(setInterval),
      clearInterval: clear(clearInterval),
    });
  }

  /** Fires all held timers of up to `ms`. */
  pass(ms: number): void {
    for (const [id, { delayMs, run }] of [...this.#held]) {
      if (delayMs <= ms && this.#held.delete(id)) run();
    }
  }

  [Symbol.dispose](): void {
    Object.assign(globalThis, this.#real);
    this.#held.clear();
  }

  #hold(held: Held): number {
    // Negative: not the id of a real timer.
    this.#held.set(--this.#last, held);
    return this.#last;
  }
}
