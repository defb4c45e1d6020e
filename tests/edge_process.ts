import { eachLine } from "../tools/child_process.ts";
import { ROOT } from "../tools/places.ts";
import { freeTcpPort } from "../tools/ports.ts";
import { readLogLine } from "../tools/start/log_line.ts";
import { CLUSTER_KEY, makeStubPages } from "./edge_rig.ts";
import { FaultWatch } from "./fault_watch.ts";

/** Longest wait for an edge to be ready, ms: usually 1 s, on a busy machine 15. */
const READY_MS = 60_000;

/** How a process ended, and how long after the request. */
export interface Ended {
  /** Its exit code; for a signal, 128 plus the signal's number. */
  readonly code: number;
  readonly afterMs: number;
}

/** How an edge is started. */
export interface EdgeProcessOptions {
  /** The server by default. */
  readonly entry?: "edge/main.ts" | "edge/deploy.ts" | "tests/older_edge.ts";
  /** As in nice(1). */
  readonly niceness?: number;
  /** Limit of open files. */
  readonly openFiles?: number;
  /** A module that it loads first. */
  readonly preload?: string;
  /** Its port; a free one by default. */
  readonly port?: number;
  /** The tree that it runs from, of another build; this one by default. */
  readonly root?: string;
}

/**
 * An edge in its own process, on 127.0.0.1 and on the same port after each start. It ends at the latest with
 * this process.
 */
export class EdgeProcess implements AsyncDisposable {
  readonly #env: Readonly<Record<string, string>>;
  readonly #options: EdgeProcessOptions;
  readonly #port: number;
  #process: Deno.ChildProcess | undefined;
  #output: Promise<unknown> = Promise.resolve();
  /** Warnings, errors and lines that are not log lines, of all its runs; the newest 100. */
  readonly complaints: string[] = [];
  /** Faults that fail the test at the end, unless forgiven. */
  readonly faults = new FaultWatch();

  private constructor(env: Readonly<Record<string, string>>, options: EdgeProcessOptions) {
    this.#env = env;
    this.#options = options;
    this.#port = options.port ?? freeTcpPort();
  }

  /** Starts an edge with `env` in addition to what tests need; resolves when it is ready. */
  static async start(
    env: Readonly<Record<string, string>>,
    options: EdgeProcessOptions = {},
  ): Promise<EdgeProcess> {
    const edge = new EdgeProcess({ WEB_DIR: await makeStubPages(), ...env }, options);
    await edge.startAgain();
    return edge;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get port(): number {
    return this.#port;
  }

  get isRunning(): boolean {
    return this.#process !== undefined;
  }

  /** Starts it again on the same port; resolves when it is ready. */
  async startAgain(): Promise<void> {
    const ready = Promise.withResolvers<void>();
    const { entry = "edge/main.ts", niceness = 0, openFiles, preload, root = ROOT } = this.#options;
    const limited = openFiles === undefined ? [] : ["prlimit", `--nofile=${openFiles}:${openFiles}`];
    const loading = preload === undefined ? [] : ["--preload", preload];
    const process = new Deno.Command("nice", {
      args: [
        `-n${niceness}`,
        ...limited,
        Deno.execPath(),
        "run",
        "-A",
        "--no-check",
        ...loading,
        `${root}/${entry}`,
      ],
      cwd: root,
      env: {
        CLUSTER_KEY,
        MEDIA_NODES: "",
        HOST: "127.0.0.1",
        DRAIN_S: "0",
        ...this.#env,
        PORT: String(this.#port),
        TAFELRUNDE_STOP_WITH: "stdin",
      },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#process = process;
    const read = (from: "stdout" | "stderr") => (text: string) => {
      this.faults.see(text);
      const { event, trouble } = readLogLine(text, from);
      if (event === "ready") ready.resolve();
      if (trouble === undefined) return;
      this.complaints.push(trouble);
      this.complaints.splice(0, this.complaints.length - 100);
    };
    this.#output = Promise.all([
      eachLine(process.stdout, read("stdout")),
      eachLine(process.stderr, read("stderr")),
      process.status.then(({ code }) => {
        if (this.#process === process) this.#process = undefined;
        ready.reject(new Error(`The edge has ended with ${code}:\n${this.complaints.join("\n")}`));
      }),
    ]);
    const timer = setTimeout(() => ready.reject(new Error("The edge does not start")), READY_MS);
    try {
      await ready.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  /** The running process. */
  get pid(): number {
    return this.#process!.pid;
  }

  /** Number of its open files and connections. Source: proc(5), /proc/pid/fd. */
  openFiles(): number {
    return [...Deno.readDirSync(`/proc/${this.pid}/fd`)].length;
  }

  signal(signal: Deno.Signal): void {
    this.#process!.kill(signal);
  }

  /** Resident memory, bytes. Source: proc(5), /proc/pid/statm counts pages of 4 KiB. */
  residentBytes(): number {
    const [, pages] = Deno.readTextFileSync(`/proc/${this.#process!.pid}/statm`).split(" ");
    return Number(pages) * 4096;
  }

  /** `kill -9`; returns after its end. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** Asks it to stop, like a deploy does. */
  async terminate(): Promise<Ended> {
    return await this.#end("SIGTERM");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process !== undefined) await this.kill();
    this.faults.check();
  }

  async #end(signal: Deno.Signal): Promise<Ended> {
    const process = this.#process;
    if (process === undefined) {
      throw new Error(`The edge has ended by itself:\n${this.complaints.join("\n")}`);
    }
    this.#process = undefined;
    const begunAt = Date.now();
    process.kill(signal);
    const { code } = await process.status;
    await process.stdin.close().catch(() => {});
    await this.#output;
    return { code, afterMs: Date.now() - begunAt };
  }
}
