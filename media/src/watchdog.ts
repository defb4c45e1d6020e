import { connect } from "node:net";
import { Worker } from "node:worker_threads";
import { guarded } from "./faults.ts";
import type { Log } from "./log.ts";

/**
 * How often the process signals its event loop to its watchdog, and checks that it accepts connections, ms.
 * As on the edge.
 */
const BEAT_MS = 500;
const PROBE_MS = 2_000;

/** How long the process can go without accepting a connection before it exits, ms: several attempts. */
const DEAF_MS = 10_000;

/**
 * Exits the process when it is no longer useful, so that its supervisor restarts it: when its event loop
 * blocks for 5 s (detected by a separate thread), or when its control port accepts no connection for 10 s.
 * Its participants recover as from a lost node.
 */
export class Watchdog implements Disposable {
  readonly #log: Log;
  readonly #thread = new Worker(new URL("./watchdog_worker.ts", import.meta.url));
  readonly #beating: ReturnType<typeof setInterval>;
  readonly #probing: ReturnType<typeof setInterval>;
  #acceptedAt = performance.now();
  #isProbing = false;

  constructor({ host, port }: { readonly host: string; readonly port: number }, log: Log) {
    this.#log = log;
    this.#thread.unref();
    this.#thread.on("error", (error) => log("warn", "watchdog.lost", { reason: String(error) }));
    this.#beating = setInterval(guarded(log, "timer", () => this.#thread.postMessage("beat")), BEAT_MS);
    this.#probing = setInterval(guarded(log, "timer", () => this.#look(host, port)), PROBE_MS);
  }

  async #look(host: string, port: number): Promise<void> {
    if (this.#isProbing) return;
    this.#isProbing = true;
    if (await isAccepted(host, port)) this.#acceptedAt = performance.now();
    this.#isProbing = false;
    if (performance.now() - this.#acceptedAt <= DEAF_MS) return;
    this.#log("error", "deaf", { message: "This process accepts no connections any more, and ends." });
    process.exit(1);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#beating);
    clearInterval(this.#probing);
    void this.#thread.terminate();
  }
}

/** Neither an HTTP request nor a TLS handshake: the server responds with an error at once. */
const KNOCK = "knock\r\n\r\n";

/**
 * Whether a connection is answered or closed within `KNOCK_MS`. Connecting alone proves nothing: the kernel
 * accepts up to its backlog.
 */
function isAccepted(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    let isConnected = false;
    const done = (is: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(is);
    };
    const timer = setTimeout(() => done(false), PROBE_MS);
    socket.once("connect", () => {
      isConnected = true;
      socket.write(KNOCK);
    });
    socket.once("data", () => done(true));
    socket.on("error", () => done(isConnected));
    socket.once("close", () => done(isConnected));
  });
}
