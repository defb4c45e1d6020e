import { FairQueue } from "../../fair_queue.ts";
import type { PasswordTask } from "./work.ts";

/** Most passwords at once, the one that the worker is at among them: 5 s of work. */
export const MAX_AT_ONCE = 100;

/** How long a worker without work is kept, ms: it holds some 60 MB. */
const IDLE_MS = 60_000;

/** More passwords are waiting than the worker gets done in time, and those of this share are the most. */
export class HasherBusy extends Error {
  override readonly name = "HasherBusy";
}

/**
 * Whose work it is. The kinds take turns, within one whoever asks, within that what it is about (an account, a room): however much one
 * of them asks, the others notice nothing.
 */
export interface WorkShare {
  readonly kind: "signIn" | "newPassword" | "room";
  /** The key of an address; an account, or a browser, that has proved itself. */
  readonly who: string;
  /** The room, or the account as it was named. */
  readonly about: string;
}

/** What a worker answers to a task. */
type Answer = { readonly answer: string | boolean } | { readonly fault: string };

/** A worker and the task that it is at. */
interface Running {
  readonly worker: Worker;
  idle: ReturnType<typeof setTimeout> | undefined;
}

/** A task in the queue. */
interface Waiting {
  readonly task: PasswordTask;
  readonly done: PromiseWithResolvers<string | boolean>;
}

/**
 * Hashes and judges passwords on a thread of its own, one at a time, so that signaling never waits for argon2id. The thread is started for
 * the first password and ended a minute after the last. Where a platform has no threads, the work is done in place.
 */
export class PasswordHasher implements Disposable {
  readonly #queue = new FairQueue<Waiting>(MAX_AT_ONCE - 1);
  #running: Running | undefined;
  #isWorking = false;

  /** argon2id in PHC format. Throws HasherBusy, as all of these. */
  async hash(password: string, share: WorkShare): Promise<string> {
    return await this.#run({ type: "hash", password }, share) as string;
  }

  /** Whether `hash` is of this password. */
  async verify(password: string, hash: string, share: WorkShare): Promise<boolean> {
    return await this.#run({ type: "verify", password, hash }, share) as boolean;
  }

  /** Whether a guesser would come upon the password soon; `own`: the person's name, address and the like. */
  async isCommon(password: string, own: readonly string[], share: WorkShare): Promise<boolean> {
    return await this.#run({ type: "isCommon", password, own }, share) as boolean;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#running?.idle);
    this.#running?.worker.terminate();
    this.#running = undefined;
  }

  #run(task: PasswordTask, { kind, who, about }: WorkShare): Promise<string | boolean> {
    const waiting: Waiting = { task, done: Promise.withResolvers() };
    this.#queue.push([kind, who, about], waiting)?.done.reject(new HasherBusy());
    if (!this.#isWorking) void this.#work();
    return waiting.done.promise;
  }

  /** Does what waits, until nothing does. */
  async #work(): Promise<void> {
    this.#isWorking = true;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      const { task, done } = next;
      await this.#do(task).then(done.resolve, done.reject);
    }
    this.#isWorking = false;
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
