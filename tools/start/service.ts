import { type Backoff, backoffMs } from "@tafelrunde/protocol";
import { eachLine } from "../child_process.ts";
import type { LogFile } from "./log_file.ts";
import { readLogLine } from "./log_line.ts";

/** Default first delay, and longest delay, before a service that exited by itself is restarted, ms. */
const PAUSES: Backoff = { firstMs: 250, longestMs: 10_000 };
/** A service that ran this long starts over with the first delay, ms. */
const STABLE_MS = 60_000;
/**
 * Longest wait for a service's first "ready", ms: PGlite creates its files in 3 s, on a busy machine in 20.
 */
const READY_MS = 90_000;

/** How to run one of the product's processes. */
export interface ServiceSpec {
  /** For people: "media node", "edge". */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Added to this process's environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly log: LogFile;
  /** Shows a line of trouble to the user at the terminal. */
  readonly show: (text: string) => void;
  /** First delay before a restart, ms; 250 by default. */
  readonly pauseMs?: number;
}

/** A service did not start; the message contains the end of its output. */
export class ServiceError extends Error {
  override name = "ServiceError";
}

/**
 * One process of the product, restarted when it exits by itself. Its standard input is a pipe, with
 * TAFELRUNDE_STOP_WITH=stdin, so that it exits when this process is gone; it is outside the terminal's
 * process group, so that this process decides the order of stopping on Ctrl-C.
 */
export class Service {
  /**
   * Fields of the first "ready" line; rejects with `ServiceError` if the service exits or stays silent before
   * it.
   */
  readonly ready: Promise<Readonly<Record<string, unknown>>>;
  readonly #spec: ServiceSpec;
  readonly #life: Promise<void>;
  readonly #stopping = new AbortController();
  #process: Deno.ChildProcess | undefined;

  /** Starts it. */
  constructor(spec: ServiceSpec) {
    this.#spec = spec;
    const ready = Promise.withResolvers<Readonly<Record<string, unknown>>>();
    this.ready = ready.promise;
    ready.promise.catch(() => {});
    this.#life = this.#live(ready);
  }

  /** The running process, for tests that kill it. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /**
   * Asks the process to stop, kills it at the deadline or when `impatient` aborts; resolves after its exit.
   */
  async stop(deadlineMs: number, impatient?: AbortSignal): Promise<void> {
    this.#stopping.abort();
    const kill = () => signalTo(this.#process, "SIGKILL");
    signalTo(this.#process, "SIGTERM");
    const timer = setTimeout(kill, deadlineMs);
    impatient?.addEventListener("abort", kill);
    if (impatient?.aborted) kill();
    await this.#life;
    clearTimeout(timer);
    impatient?.removeEventListener("abort", kill);
  }

  async #live(ready: PromiseWithResolvers<Readonly<Record<string, unknown>>>): Promise<void> {
    const { name, show, pauseMs: firstMs = PAUSES.firstMs } = this.#spec;
    let wasReady = false;
    let retries = 0;
    const timer = setTimeout(() => {
      ready.reject(new ServiceError(`The ${name} did not say "ready" within ${READY_MS / 1000} s.`));
    }, READY_MS);
    while (!this.#stopping.signal.aborted) {
      const begunAt = Date.now();
      const { how, lastWords } = await this.#run((fields) => {
        if (wasReady) show(`${name}: runs again`);
        wasReady = true;
        clearTimeout(timer);
        ready.resolve(fields);
      });
      if (this.#stopping.signal.aborted) break;
      if (!wasReady) {
        ready.reject(new ServiceError(`The ${name} does not start (${how}):\n${lastWords}`));
        break;
      }
      if (Date.now() - begunAt > STABLE_MS) retries = 0;
      const pauseMs = backoffMs(retries++, { firstMs, longestMs: Math.max(firstMs, PAUSES.longestMs) });
      show(`${name}: ended (${how}), starts again in ${pauseMs} ms`);
      await pause(pauseMs, this.#stopping.signal);
    }
    clearTimeout(timer);
  }

  async #run(
    onReady: (fields: Readonly<Record<string, unknown>>) => void,
  ): Promise<{ how: string; lastWords: string }> {
    const { name, command, args, cwd, env, log, show } = this.#spec;
    const words: string[] = [];
    let silent = true;
    const read = (from: "stdout" | "stderr") => (text: string) => {
      log.write(text);
      const line = readLogLine(text, from);
      if (line.event === "ready") {
        silent = false;
        onReady(line.fields);
      }
      if (line.trouble === undefined) return;
      // Before the first "ready" its output goes into the error; shown at once it would appear twice.
      words.push(line.trouble);
      words.splice(0, words.length - 15);
      if (!silent && !this.#stopping.signal.aborted) show(`${name}: ${line.trouble}`);
    };
    try {
      this.#process = new Deno.Command(command, {
        args: [...args],
        cwd,
        env: { ...env, TAFELRUNDE_STOP_WITH: "stdin" },
        stdin: "piped",
        stdout: "piped",
        stderr: "piped",
        detached: true,
      }).spawn();
    } catch (error) {
      return {
        how: "cannot be run",
        lastWords: `${command}: ${error instanceof Error ? error.message : error}`,
      };
    }
    const [status] = await Promise.all([
      this.#process.status,
      eachLine(this.#process.stdout, read("stdout")),
      eachLine(this.#process.stderr, read("stderr")),
    ]);
    await this.#process.stdin.close().catch(() => {});
    this.#process = undefined;
    return { how: status.signal ?? `code ${status.code}`, lastWords: words.join("\n") };
  }
}

function signalTo(process: Deno.ChildProcess | undefined, signal: Deno.Signal): void {
  try {
    process?.kill(signal);
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) return done();
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      done();
    }, { once: true });
  });
}
