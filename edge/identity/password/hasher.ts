import { FairQueue } from "../../fair_queue.ts";
import type { PasswordTask } from "./work.ts";

/** Most passwords at once, those that the workers are at among them: 5 s of work. */
export const MAX_AT_ONCE = 100;

/** Most threads that look at passwords. One address has one of them: whoever sends without pause leaves another to everyone else. */
export const MAX_WORKERS = 2;

/** Edge functions have none. */
const hasNoThreads = typeof Worker === "undefined";

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

/** A worker that has nothing to do, and is ended if that lasts. */
interface Idle {
  readonly worker: Worker;
  readonly timer: ReturnType<typeof setTimeout>;
}

/** A task in the queue. */
interface Waiting {
  readonly task: PasswordTask;
  readonly who: string;
  readonly done: PromiseWithResolvers<string | boolean>;
}

/**
 * Hashes and judges passwords on threads of its own, of one address one at a time, so that signaling never waits for argon2id. A thread is started
 * when there is work and none that rests, and ended a minute after its last. Where a platform has no threads, the work is done in place.
 */
export class PasswordHasher implements Disposable {
  readonly #createWorker: () => Worker;
  readonly #queue = new FairQueue<Waiting>(MAX_AT_ONCE - 1);
  /** Whose work is under way. */
  readonly #busy = new Set<string>();
  readonly #workers = new Set<Worker>();
  /** The last to have worked is the first to work again. */
  readonly #idle: Idle[] = [];

  constructor(createWorker = startThread) {
    this.#createWorker = createWorker;
  }

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
    for (const { timer } of this.#idle.splice(0)) clearTimeout(timer);
    for (const worker of this.#workers) worker.terminate();
    this.#workers.clear();
  }

  #run(task: PasswordTask, { kind, who, about }: WorkShare): Promise<string | boolean> {
    const waiting: Waiting = { task, who, done: Promise.withResolvers() };
    this.#queue.push([kind, who, about], waiting)?.done.reject(new HasherBusy());
    this.#goOn();
    return waiting.done.promise;
  }

  /** Gives what waits to the workers that rest, as far as nobody has two of them; starts one more for the rest. */
  #goOn(): void {
    const isHeld = (who: string) => this.#busy.has(who);
    while (hasNoThreads ? this.#busy.size === 0 : this.#idle.length > 0) {
      const next = this.#queue.shift(isHeld);
      if (next === undefined) return;
      const { task, who, done } = next;
      this.#busy.add(who);
      this.#do(task).then(done.resolve, done.reject).finally(() => {
        this.#busy.delete(who);
        this.#goOn();
      });
    }
    if (!hasNoThreads && this.#workers.size < MAX_WORKERS && this.#queue.has(isHeld)) this.#start();
  }

  async #do(task: PasswordTask): Promise<string | boolean> {
    if (hasNoThreads) return await (await import("./work.ts")).doPasswordTask(task);
    const { worker, timer } = this.#idle.pop()!;
    clearTimeout(timer);
    const answer = await ask(worker, task).catch((error) => {
      this.#end(worker);
      throw error;
    });
    this.#rest(worker);
    if ("fault" in answer) throw new Error(`password worker: ${answer.fault}`);
    return answer.answer;
  }

  /** Others are not kept waiting for its start: who rests meanwhile takes the work. */
  #start(): void {
    const worker = this.#createWorker();
    this.#workers.add(worker);
    const failed = (error: unknown) => {
      this.#end(worker);
      // Where none can be had, nobody waits for one without end.
      this.#queue.shift()?.done.reject(error);
    };
    ask(worker, { type: "start" }).then(() => this.#rest(worker), failed).finally(() => this.#goOn());
  }

  #rest(worker: Worker): void {
    if (!this.#workers.has(worker)) return;
    this.#idle.push({ worker, timer: setTimeout(() => this.#end(worker), IDLE_MS) });
  }

  #end(worker: Worker): void {
    worker.terminate();
    this.#workers.delete(worker);
    const at = this.#idle.findIndex((idle) => idle.worker === worker);
    if (at >= 0) clearTimeout(this.#idle.splice(at, 1)[0]!.timer);
  }
}

const startThread = () => new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });

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
