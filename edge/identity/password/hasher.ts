import { FairQueue } from "../../fair_queue.ts";
import type { PasswordTask } from "./work.ts";

/** Most passwords at once, including those in progress: 5 s of work. */
export const MAX_AT_ONCE = 100;

/**
 * Most threads that check passwords. One address uses at most one of them: a client that sends without pause
 * leaves another to everyone else.
 */
export const MAX_WORKERS = 2;

/** Edge functions have no threads. */
const hasNoThreads = typeof Worker === "undefined";

/** How long an idle worker is kept, ms: it takes about 60 MB. */
const IDLE_MS = 60_000;

/** The queue of passwords is full, and this share has the most entries in it. */
export class HasherBusy extends Error {
  override readonly name = "HasherBusy";
}

/**
 * Whose work it is. The queue alternates between kinds, within a kind between clients, and within a client
 * between subjects (an account, a room): however much work one of them causes, the others do not notice.
 */
export interface WorkShare {
  readonly kind: "signIn" | "newPassword" | "room";
  /** The key of an address; or an account or browser that is authenticated. */
  readonly who: string;
  /** The room, or the account as named by the client. */
  readonly about: string;
}

/** A worker's answer to a task. */
type Answer = { readonly answer: string | boolean } | { readonly fault: string };

/** An idle worker, which is ended after a while. */
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
 * Hashes and checks passwords on its own threads, for each address one at a time, so that signaling never
 * waits for argon2id. A thread is started when there is work and no idle one, and ended after a minute
 * without work. On a platform without threads, the work is done in place.
 */
export class PasswordHasher implements Disposable {
  readonly #createWorker: () => Worker;
  readonly #queue = new FairQueue<Waiting>(MAX_AT_ONCE - 1);
  /** Clients whose work is in progress. */
  readonly #busy = new Set<string>();
  readonly #workers = new Set<Worker>();
  /** The last one to finish is the first to work again. */
  readonly #idle: Idle[] = [];

  constructor(createWorker = startThread) {
    this.#createWorker = createWorker;
  }

  /** argon2id in PHC format. Throws HasherBusy, like all of these. */
  async hash(password: string, share: WorkShare): Promise<string> {
    return await this.#run({ type: "hash", password }, share) as string;
  }

  /** Whether `hash` is of this password. */
  async verify(password: string, hash: string, share: WorkShare): Promise<boolean> {
    return await this.#run({ type: "verify", password, hash }, share) as boolean;
  }

  /** Whether the password is easy to guess; `own`: the person's name, address and the like. */
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

  /** Gives queued tasks to idle workers, at most one per client; starts another worker for the rest. */
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

  /** The task is not tied to this worker: one that becomes idle first takes it. */
  #start(): void {
    const worker = this.#createWorker();
    this.#workers.add(worker);
    const failed = (error: unknown) => {
      this.#end(worker);
      // If no worker can be started, fail a queued task instead of letting it wait forever.
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
