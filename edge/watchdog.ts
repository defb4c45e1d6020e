import { connect } from "node:net";
import { causeOf } from "./cause.ts";
import { guarded } from "./faults.ts";
import type { Log } from "./log.ts";

/** How often the process shows its watchdog that its event loop goes on, and that it accepts connections, ms. */
const BEAT_MS = 500;
const KNOCK_MS = 2_000;

/** How long nothing may be accepted before the process ends, ms: it takes several knocks. */
const DEAF_MS = 10_000;

/** What a test brings along instead. */
interface Parts {
  /** Ends the process. */
  readonly end?: () => void;
  readonly knock?: (hostname: string, port: number) => Promise<boolean>;
  readonly now?: () => number;
}

/**
 * Ends the process where it is of no use any more, so that who runs it starts it again: when its event loop stands for 5 s (a thread of its own
 * notices), or when it accepts no connection for 10 s although it knocks at its own door.
 */
export class Watchdog implements Disposable {
  readonly #log: Log;
  readonly #end: () => void;
  readonly #knock: NonNullable<Parts["knock"]>;
  readonly #now: () => number;
  readonly #thread: Worker | undefined;
  readonly #beating: ReturnType<typeof setInterval>;
  #knocking: ReturnType<typeof setInterval> | undefined;
  #isKnocking = false;
  #beatAt = 0;
  #acceptedAt = 0;

  constructor(
    log: Log,
    { end = () => Deno.exit(1), knock = isAccepted, now = () => performance.now() }: Parts = {},
  ) {
    this.#log = log;
    this.#end = end;
    this.#knock = knock;
    this.#now = now;
    this.#thread = startThread(log);
    this.#beating = setInterval(guarded(log, "job", () => this.#beat()), BEAT_MS);
  }

  /** A connection or a request has come: the process is busy with others, not standing. To be called often. */
  alive(): void {
    this.#acceptedAt = this.#now();
    if (this.#acceptedAt - this.#beatAt > BEAT_MS) this.#beat();
  }

  /** Knocks at this address, where the process listens, from now on. */
  knockAt(hostname: string, port: number): void {
    this.#acceptedAt = this.#now();
    this.#knocking = setInterval(guarded(this.#log, "job", () => this.look(hostname, port)), KNOCK_MS);
  }

  /** Knocks once. */
  async look(hostname: string, port: number): Promise<void> {
    if (this.#isKnocking) return;
    this.#isKnocking = true;
    try {
      if (await this.#knock(hostname, port)) this.#acceptedAt = this.#now();
    } finally {
      this.#isKnocking = false;
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
    clearInterval(this.#knocking);
    this.#thread?.terminate();
  }
}

/** The thread that ends the process; undefined: the platform has none. */
function startThread(log: Log): Worker | undefined {
  if (typeof Worker === "undefined") return undefined;
  try {
    const thread = new Worker(new URL("./watchdog_worker.ts", import.meta.url), { type: "module" });
    thread.addEventListener("error", (event) => {
      event.preventDefault();
      log.warn("watchdog.lost", { reason: event.message });
    });
    return thread;
  } catch (error) {
    log.warn("watchdog.lost", { reason: causeOf(error) });
    return undefined;
  }
}

/** Asked for at one's own door: costs nothing, and is answered by whatever it is answered. */
const KNOCK = "HEAD /v1/version HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

/** Whether a connection is accepted within `KNOCK_MS`: it is answered, or closed. The system alone would take it up to its backlog. */
function isAccepted(hostname: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port });
    let isConnected = false;
    const done = (is: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(is);
    };
    const timer = setTimeout(() => done(false), KNOCK_MS);
    socket.once("connect", () => {
      isConnected = true;
      socket.write(KNOCK);
    });
    socket.once("data", () => done(true));
    socket.on("error", () => done(isConnected));
    socket.once("close", () => done(isConnected));
  });
}
