import { connect } from "node:net";
import process from "node:process";
import { guarded } from "./faults.ts";
import type { Log } from "./log.ts";

/**
 * Intervals at which the process shows its watchdog that its event loop runs, and that it accepts
 * connections, ms.
 */
const BEAT_MS = 500;
const PROBE_MS = 2_000;

/** Longest time without an accepted connection before the process ends, ms: several probes fail first. */
const DEAF_MS = 10_000;

/** A thread that ends the process when it gets no message for too long (standing.ts). */
export interface WatchdogThread {
  postMessage(message: "beat"): void;
  terminate(): unknown;
}

export interface WatchdogOptions {
  /** undefined: the platform has no threads. */
  readonly thread: WatchdogThread | undefined;
  /** What a probe sends: it costs nothing, and any answer will do. */
  readonly knock: string;
  /** Ends the process; replaced in tests, as are the next two. */
  readonly end?: () => void;
  readonly probe?: (hostname: string, port: number) => Promise<boolean>;
  readonly now?: () => number;
}

/**
 * Ends a process that does not work anymore, so that its supervisor restarts it: when its event loop stands
 * still for 5 s (a separate thread notices), or when it accepts no connection for 10 s, although it connects
 * to itself.
 */
export class Watchdog implements Disposable {
  readonly #log: Log;
  readonly #end: () => void;
  readonly #probe: (hostname: string, port: number) => Promise<boolean>;
  readonly #now: () => number;
  readonly #thread: WatchdogThread | undefined;
  readonly #beating: ReturnType<typeof setInterval>;
  #probing: ReturnType<typeof setInterval> | undefined;
  #isProbing = false;
  #beatAt = 0;
  #acceptedAt = 0;

  constructor(log: Log, options: WatchdogOptions) {
    this.#log = log;
    this.#end = options.end ?? (() => process.exit(1));
    this.#probe = options.probe ?? ((hostname, port) => isAccepted(hostname, port, options.knock));
    this.#now = options.now ?? (() => performance.now());
    this.#thread = options.thread;
    this.#beating = setInterval(guarded(log, "job", () => this.#beat()), BEAT_MS);
  }

  /** A connection or a request arrived, so the process is busy, not blocked. Call it often. */
  alive(): void {
    this.#acceptedAt = this.#now();
    if (this.#acceptedAt - this.#beatAt > BEAT_MS) this.#beat();
  }

  /** From now on probes this address, where the process listens. */
  probeAt(hostname: string, port: number): void {
    this.#acceptedAt = this.#now();
    this.#probing = setInterval(guarded(this.#log, "job", () => this.look(hostname, port)), PROBE_MS);
  }

  /** Probes once. */
  async look(hostname: string, port: number): Promise<void> {
    if (this.#isProbing) return;
    this.#isProbing = true;
    try {
      if (await this.#probe(hostname, port)) this.#acceptedAt = this.#now();
    } finally {
      this.#isProbing = false;
    }
    if (this.#now() - this.#acceptedAt <= DEAF_MS) return;
    this.#log.error("deaf", { message: "This process accepts no connections any more, and ends." });
    this.#end();
  }

  #beat(): void {
    this.#beatAt = this.#now();
    this.#thread?.postMessage("beat");
  }

  [Symbol.dispose](): void {
    clearInterval(this.#beating);
    clearInterval(this.#probing);
    void this.#thread?.terminate();
  }
}

/**
 * Whether a connection is accepted within `PROBE_MS`, that is answered or closed: the system alone would
 * accept connections up to its backlog.
 */
function isAccepted(hostname: string, port: number, knock: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port });
    let isConnected = false;
    const done = (is: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(is);
    };
    const timer = setTimeout(() => done(false), PROBE_MS);
    socket.once("connect", () => {
      isConnected = true;
      socket.write(knock);
    });
    socket.once("data", () => done(true));
    socket.on("error", () => done(isConnected));
    socket.once("close", () => done(isConnected));
  });
}
