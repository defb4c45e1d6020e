/** Runs pieces of work one after another. */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve();
  #length = 0;

  /** Pieces of work that run or wait. */
  get length(): number {
    return this.#length;
  }

  /** Runs `work` after all earlier work, whether that succeeded or not. The caller bounds the queue. */
  run<T>(work: () => Promise<T>): Promise<T> {
    this.#length++;
    const done = this.#last.then(work).finally(() => this.#length--);
    this.#last = done.catch(() => {});
    return done;
  }
}

/** A serial queue per key; different keys do not wait for each other. */
export class SerialQueues {
  readonly #most: number;
  readonly #queues = new Map<string, SerialQueue>();

  /** `most`: pieces of work that can run or wait for one key. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Runs `work` after all earlier work for `key`; undefined: too much is queued already. */
  run<T>(key: string, work: () => Promise<T>): Promise<T> | undefined {
    const queue = this.#queues.get(key) ?? new SerialQueue();
    if (queue.length >= this.#most) return undefined;
    this.#queues.set(key, queue);
    return queue.run(work).finally(() => {
      if (queue.length === 0) this.#queues.delete(key);
    });
  }
}
