/** Most pieces of work that can be queued for one key. */
const MAX_WAITING = 100;

/** A serial queue per key; different keys do not wait for each other. */
export class SerialQueues {
  readonly #last = new Map<string, { waiting: number; done: Promise<unknown> }>();

  /**
   * Runs `work` after all earlier work for `key`, even if that failed. Undefined if too much is queued
   * already.
   */
  run<T>(key: string, work: () => Promise<T>): Promise<T> | undefined {
    const before = this.#last.get(key);
    if (before !== undefined && before.waiting >= MAX_WAITING) return undefined;
    const done = before === undefined ? work() : before.done.then(work, work);
    const entry = { waiting: (before?.waiting ?? 0) + 1, done: done as Promise<unknown> };
    this.#last.set(key, entry);
    const leave = () => {
      const last = this.#last.get(key);
      if (last === entry) this.#last.delete(key);
      else if (last !== undefined) last.waiting -= 1;
    };
    done.then(leave, leave);
    return done;
  }
}
