import type { PasswordTask } from "./work.ts";

/** Most passwords that wait for the worker: 5 s of work. */
const MAX_WAITING = 100;

/** How long a worker without work is kept, ms: it holds some 60 MB. */
const IDLE_MS = 60_000;

/** More passwords are waiting than the worker gets done in time. */
export class HasherBusy extends Error {
  override readonly name = "HasherBusy";
}

/** What a worker answers to a task. */
type Answer = { readonly answer: string | boolean } | { readonly fault: string };

/** A worker and the task that it is at. */
interface Running {
  readonly worker: Worker;
  idle: ReturnType<typeof setTimeout> | undefined;
}

/**
 * Hashes and judges passwords on a thread of its own, one at a time, so that signaling never waits for argon2id. The thread is started for
 * the first password and ended a minute after the last. Where a platform has no threads, the work is done in place.
 */
export class PasswordHasher implements Disposable {
  #running: Running | undefined;
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  /** argon2id in PHC format. Throws HasherBusy, as all of these. */
  async hash(password: string): Promise<string> {
    return await this.#run({ type: "hash", password }) as string;
  }

  /** Whether `hash` is of this password. */
  async verify(password: string, hash: string): Promise<boolean> {
    return await this.#run({ type: "verify", password, hash }) as boolean;
  }

  /** Whether a guesser would come upon the password soon; `own`: the person's name, address and the like. */
  async isCommon(password: string, own: readonly string[]): Promise<boolean> {
    return await this.#run({ type: "isCommon", password, own }) as boolean;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#running?.idle);
    this.#running?.worker.terminate();
    this.#running = undefined;
  }

  async #run(task: PasswordTask): Promise<string | boolean> {
    if (this.#waiting >= MAX_WAITING) throw new HasherBusy();
    this.#waiting++;
    const done = this.#last.then(() => this.#do(task));
    this.#last = done.catch(() => {});
    try {
      return await done;
    } finally {
      this.#waiting--;
    }
  }

  async #do(task: PasswordTask): Promise<string | boolean> {
    if (typeof Worker === "undefined") return await (await import("./work.ts")).doPasswordTask(task);
    const running = this.#running ??= {
      worker: new Worker(new URL("./worker.ts", import.meta.url), { type: "module" }),
      idle: undefined,
    };
    clearTimeout(running.idle);
    const answer = await ask(running.worker, task).catch((error) => {
      this[Symbol.dispose]();
      throw error;
    });
    running.idle = setTimeout(() => this[Symbol.dispose](), IDLE_MS);
    if ("fault" in answer) throw new Error(`password worker: ${answer.fault}`);
    return answer.answer;
  }
}

function ask(worker: Worker, task: PasswordTask): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const once = new AbortController();
  worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => resolve(data), {
    signal: once.signal,
  });
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    reject(new Error(`password worker: ${event.message}`));
  }, { signal: once.signal });
  worker.postMessage(task);
  return promise.finally(() => once.abort());
}
