import { fillPgliteFolder } from "../edge/store/template_for_tests.ts";
import { eachLine } from "../tools/child_process.ts";
import { ROOT } from "../tools/places.ts";
import { freeTcpPort } from "../tools/ports.ts";
import { FaultWatch } from "./fault_watch.ts";

/**
 * Longest wait for the product to start or to stop, ms: PGlite creates its files in 3 s, on a busy machine in
 * 20.
 */
const DEADLINE_MS = 90_000;

/** Port of parts that no other program connects to: any. */
const ANY_PORT = "0";

/** The processes that `npm start` runs and restarts, by the program's path. */
const PARTS = { edge: `${ROOT}/edge/main.ts`, media: `${ROOT}/media/src/main.ts` } as const;
export type Part = keyof typeof PARTS;

/**
 * The product as `npm start` runs it, on loopback and with its own data directory: a supervisor with the edge
 * and the media node with its worker as child processes. It stops at the latest with this process.
 */
export class Product implements AsyncDisposable {
  readonly #dataDir: string;
  readonly #env: Readonly<Record<string, string>>;
  #port = String(freeTcpPort());
  #supervisor: Deno.ChildProcess | undefined;
  #ended: Promise<unknown> = Promise.resolve();
  readonly #firstAccount = Promise.withResolvers<string>();
  /** The end of its output, for the message of a failing test. */
  #said = "";

  private constructor(dataDir: string, env: Readonly<Record<string, string>>) {
    this.#dataDir = dataDir;
    this.#env = env;
  }

  /**
   * `env`: configuration besides address and data directory. Its database is a prepared empty one unless
   * `isFresh`: creating one takes longer than the rest of the start.
   */
  static async start(
    env: Readonly<Record<string, string>> = {},
    { isFresh = false }: { isFresh?: boolean } = {},
  ): Promise<Product> {
    const dataDir = await Deno.makeTempDir({ prefix: "tafelrunde-product-" });
    const product = new Product(dataDir, env);
    try {
      if (!isFresh) await fillPgliteFolder(`${dataDir}/db`);
      await product.startAgain();
    } catch (error) {
      await product[Symbol.asyncDispose]();
      throw error;
    }
    return product;
  }

  /** Origin of its pages, "http://localhost:PORT"; the same after each start. */
  get origin(): string {
    return `http://localhost:${this.#port}`;
  }

  /** The page where the first account is created, as logged. */
  async firstAccountUrl(): Promise<string> {
    return `${this.origin}${await this.#firstAccount.promise}`;
  }

  /** Starts it again on the same data; resolves when it reports that it is running. */
  async startAgain(): Promise<void> {
    const ready = Promise.withResolvers<string>();
    const supervisor = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", `${ROOT}/tools/start.ts`],
      cwd: ROOT,
      env: {
        PORT: this.#port,
        CONTROL_PORT: ANY_PORT,
        RTC_PORT: ANY_PORT,
        HOST: "127.0.0.1",
        RTC_LISTEN: "127.0.0.1",
        WORKERS: "1",
        DATA_DIR: this.#dataDir,
        TAFELRUNDE_STOP_WITH: "stdin",
        NO_COLOR: "1",
        ...this.#env,
      },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const hear = (line: string) => {
      const first = /\/first#[\w-]{43}/.exec(line)?.[0];
      if (first !== undefined) this.#firstAccount.resolve(first);
      this.#said = `${this.#said}${line}\n`.slice(-4_000);
      const port = /is running: http:\/\/\S+:(\d+)/.exec(line)?.[1];
      if (port !== undefined) ready.resolve(port);
    };
    this.#supervisor = supervisor;
    this.#ended = Promise.all([
      supervisor.status.then(() => ready.reject(new Error(`The product has ended:\n${this.#said}`))),
      eachLine(supervisor.stdout, hear),
      eachLine(supervisor.stderr, hear),
    ]);
    const timer = setTimeout(
      () => ready.reject(new Error(`The product does not start:\n${this.#said}`)),
      DEADLINE_MS,
    );
    try {
      this.#port = await ready.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  /** `kill -9` of one process; the supervisor restarts it. */
  kill(part: Part): void {
    Deno.kill(this.#pidOf(part), "SIGKILL");
  }

  /** Suspends one process until the returned object is disposed. */
  freeze(part: Part): Disposable {
    const pid = this.#pidOf(part);
    Deno.kill(pid, "SIGSTOP");
    return { [Symbol.dispose]: () => Deno.kill(pid, "SIGCONT") };
  }

  #pidOf(part: Part): number {
    const found = this.#processes().find(({ command }) => command.includes(PARTS[part]));
    if (found === undefined) throw new Error(`no ${part} runs:\n${this.#said}`);
    return found.pid;
  }

  /** `kill -9` of every process, before any of them can shut down; returns when all are gone. */
  async killAll(): Promise<void> {
    for (const { pid } of this.#processes()) {
      try {
        Deno.kill(pid, "SIGKILL");
      } catch (error) {
        // It has ended meanwhile.
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    }
    await this.#letGo();
  }

  /** Stops it as Ctrl-C does and removes its data. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#letGo();
    const faults = new FaultWatch();
    for (const name of ["edge", "media"]) {
      const text = await Deno.readTextFile(`${this.#dataDir}/log/${name}.log`).catch(() => "");
      for (const line of text.split("\n")) faults.see(line);
    }
    await Deno.remove(this.#dataDir, { recursive: true });
    faults.check();
  }

  async #letGo(): Promise<void> {
    await this.#supervisor?.stdin.close().catch(() => {});
    await this.#ended;
    this.#supervisor = undefined;
  }

  /** The supervisor and all its descendants, parents first. */
  #processes(): Process[] {
    const all = listProcesses();
    const found = all.filter(({ pid }) => pid === this.#supervisor?.pid);
    for (const { pid } of found) found.push(...all.filter(({ parent }) => parent === pid));
    return found;
  }
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  /** The command line, words separated by spaces. */
  readonly command: string;
}

/** Every process of the machine. Source: proc(5), /proc/pid/stat and /proc/pid/cmdline. */
function listProcesses(): Process[] {
  return [...Deno.readDirSync("/proc")].flatMap(({ name }) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const [, parent] = Deno.readTextFileSync(`/proc/${name}/stat`).replace(/^.*\)/s, "").trim().split(" ");
      const command = Deno.readTextFileSync(`/proc/${name}/cmdline`).replaceAll("\0", " ");
      return [{ pid: Number(name), parent: Number(parent), command }];
    } catch {
      // It ended while it was read.
      return [];
    }
  });
}
