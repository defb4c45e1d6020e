import { createWorker, type types } from "mediasoup";
import { closeWithParent } from "./close_with_parent.ts";
import { type ResourceCounts, UNCOUNTED } from "./resource_counts.ts";
import type { ListenAddress } from "./config.ts";
import type { Log } from "@tafelrunde/protocol/process/log";

/** Delay before a dead worker is replaced, and between attempts if that fails, ms. */
const RESTART_DELAY_MS = 200;

/**
 * Initial bandwidth estimate for a new viewer's transport before it is measured, bit/s: a 360-line picture
 * and a few voices.
 */
const INITIAL_SEND_BPS = 1_500_000;

/**
 * Without ICE consent for this long a transport counts as broken and nothing more is sent on it, s; clients
 * send it every 2.5 to 5 s.
 */
const ICE_CONSENT_TIMEOUT_S = 20;

export interface WorkerPoolOptions {
  readonly count: number;
  readonly addresses: readonly ListenAddress[];
  /** Port of the first worker; 0: any port for each. */
  readonly rtcPort: number;
  readonly workerBin: string | undefined;
  /** Counts the objects that the workers open. */
  readonly resourceCounts: ResourceCounts;
  readonly log: Log;
  /** A worker is gone, and with it every room that was on it. */
  readonly onDied: (worker: MediaWorker) => void;
}

/**
 * Longest time for a worker to create a transport, ms: it usually takes about 1; a worker that is blocked
 * this long forwards no media either.
 */
const CHECK_LIMIT_MS = 4_000;

/** How often each worker is asked to create a transport, ms. */
const CHECK_INTERVAL_MS = 5_000;

type SignalListener = (signal: NodeJS.Signals) => void;

function signalListeners(): [NodeJS.Signals, SignalListener][] {
  return (["SIGINT", "SIGTERM"] as const).flatMap((signal) =>
    process.listeners(signal).map((listener): [NodeJS.Signals, SignalListener] => [
      signal,
      listener as SignalListener,
    ])
  );
}

/** One mediasoup worker process with its one media port. */
export class MediaWorker {
  /** Peers on this worker: used to place rooms. */
  peers = 0;
  /** Consumers on this worker: used to tell whether it is too busy. */
  consumers = 0;
  readonly #worker: types.Worker;
  readonly #server: types.WebRtcServer;
  /** Carries no media: transports are created on it to check that the worker works. */
  readonly #checkRouter: types.Router;
  readonly #log: Log;
  #checking: Promise<boolean> | undefined;
  #isBroken = false;
  #usage: { readonly cpuMs: number; readonly at: number } | undefined;

  private constructor(
    worker: types.Worker,
    server: types.WebRtcServer,
    checkRouter: types.Router,
    log: Log,
  ) {
    this.#worker = worker;
    this.#server = server;
    this.#checkRouter = checkRouter;
    this.#log = log;
  }

  /** Starts a process that listens on `port` of every address, with UDP and TCP. Rejects if it cannot. */
  static async start(
    { addresses, workerBin, resourceCounts, log }: WorkerPoolOptions,
    port: number,
    onDied: (worker: MediaWorker) => void,
  ): Promise<MediaWorker> {
    const before = new Set(signalListeners());
    const worker = await createWorker({
      logLevel: "error",
      ...(workerBin === undefined ? {} : { workerBin }),
    });
    // mediasoup 3.27 closes its workers when the process receives a signal (Worker.js, onSignal); a draining
    // node still needs them.
    for (const [signal, listener] of signalListeners()) {
      if (![...before].some(([, other]) => other === listener)) process.removeListener(signal, listener);
    }
    resourceCounts.watch(worker);
    try {
      const server = await worker.createWebRtcServer({
        listenInfos: addresses.flatMap(({ ip, announced }) =>
          (["udp", "tcp"] as const).map((protocol) => ({
            protocol,
            ip,
            ...(announced === undefined ? {} : { announcedAddress: announced }),
            ...(port === 0 ? {} : { port }),
          }))
        ),
      });
      const checkRouter = await worker.createRouter({ appData: UNCOUNTED });
      const mediaWorker = new MediaWorker(worker, server, checkRouter, log);
      worker.once("died", () => onDied(mediaWorker));
      return mediaWorker;
    } catch (error) {
      worker.close();
      throw error;
    }
  }

  get pid(): number {
    return this.#worker.pid;
  }

  async openRouter(mediaCodecs: types.RouterRtpCodecCapability[]): Promise<types.Router> {
    return await this.#worker.createRouter({ mediaCodecs });
  }

  /**
   * A transport of `router` on this worker's port. SCTP is enabled because a data channel lets a browser
   * connect before there is any media.
   */
  async openTransport(router: types.Router): Promise<types.WebRtcTransport> {
    return await closeWithParent(
      router,
      router.createWebRtcTransport({
        webRtcServer: this.#server,
        enableUdp: true,
        enableTcp: true,
        preferUdp: true,
        enableSctp: true,
        initialAvailableOutgoingBitrate: INITIAL_SEND_BPS,
        iceConsentTimeout: ICE_CONSENT_TIMEOUT_S,
      }),
    );
  }

  /**
   * Creates a transport and closes it. False: this failed or took too long; the process is then killed, and
   * `onDied` is called. An exception while mediasoup builds a message leaves the worker's channel unusable
   * for everyone (flatbuffers' builder stays nested), and nothing else reports that. Joins a running check.
   * Never rejects.
   */
  check(): Promise<boolean> {
    this.#checking ??= this.#check().finally(() => {
      this.#checking = undefined;
    });
    return this.#checking;
  }

  async #check(): Promise<boolean> {
    if (this.#isBroken || this.#worker.closed) return false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error("no answer in time")), CHECK_LIMIT_MS);
    });
    const making = this.openTransport(this.#checkRouter).then((transport) => transport.close());
    try {
      await Promise.race([making, late]);
      return true;
    } catch (error) {
      // Pending work ends with the worker.
      making.catch(() => {});
      if (!this.#worker.closed) this.#end(error);
      return false;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Kills a broken process. With a signal, since mediasoup's close uses the channel as well. */
  #end(error: unknown): void {
    if (this.#isBroken) return;
    this.#isBroken = true;
    const reason = error instanceof Error ? error.message : String(error);
    this.#log.error("worker.broken", { reason });
    try {
      process.kill(this.#worker.pid, "SIGKILL");
    } catch {
      // Already gone; "died" follows.
    }
  }

  /** CPU time used since its start, ms. */
  async cpuMs(): Promise<number> {
    const { ru_utime, ru_stime } = await this.#worker.getResourceUsage();
    return ru_utime + ru_stime;
  }

  /** Share of one core used since the last call, 0 to 1. */
  async cpu(): Promise<number> {
    const cpuMs = await this.cpuMs().catch((error: unknown) => {
      void this.check();
      throw error;
    });
    const usage = { cpuMs, at: performance.now() };
    const before = this.#usage ?? { cpuMs: usage.cpuMs, at: 0 };
    this.#usage = usage;
    return Math.min(1, (cpuMs - before.cpuMs) / (usage.at - before.at));
  }

  /** Stops the process; resolves when it has exited. */
  async close(): Promise<void> {
    if (this.#worker.subprocessClosed) return;
    const gone = new Promise<void>((resolve) => this.#worker.once("subprocessclose", resolve));
    try {
      this.#worker.close();
    } catch (error) {
      this.#end(error);
    }
    await gone;
  }
}

/** The workers of a node: the configured number, dead ones are replaced. */
export class WorkerPool implements AsyncDisposable {
  readonly #options: WorkerPoolOptions;
  readonly #workers: (MediaWorker | undefined)[] = [];
  readonly #restarts = new Set<ReturnType<typeof setTimeout>>();
  readonly #checks: ReturnType<typeof setInterval>;
  #waiting = Promise.withResolvers<void>();
  #closed = false;

  private constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.#checks = setInterval(() => this.check(), CHECK_INTERVAL_MS);
  }

  /** Starts all workers. Rejects if one cannot start or listen; the others are stopped. */
  static async start(options: WorkerPoolOptions): Promise<WorkerPool> {
    const pool = new WorkerPool(options);
    try {
      for (let index = 0; index < options.count; index++) await pool.#start(index);
    } catch (error) {
      await pool[Symbol.asyncDispose]();
      throw error;
    }
    return pool;
  }

  get workers(): MediaWorker[] {
    return this.#workers.filter((worker) => worker !== undefined);
  }

  /** Whether there is a worker; waits at most `limitMs` for one that is starting. */
  async hasWorker(limitMs: number): Promise<boolean> {
    if (this.workers.length > 0) return true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, limitMs);
    });
    await Promise.race([this.#waiting.promise, late]);
    clearTimeout(timer);
    return this.workers.length > 0;
  }

  /**
   * Checks that every worker can create a transport; one that cannot is killed and replaced. Called also when
   * mediasoup throws unexpectedly.
   */
  check(): void {
    for (const worker of this.workers) void worker.check();
  }

  /** Whether every worker can create transports. */
  async isHealthy(): Promise<boolean> {
    const { workers } = this;
    const checks = await Promise.all(workers.map((worker) => worker.check()));
    return workers.length === this.#options.count && checks.every(Boolean);
  }

  async #start(index: number): Promise<void> {
    const { rtcPort, log, onDied } = this.#options;
    const worker = await MediaWorker.start(
      this.#options,
      rtcPort === 0 ? 0 : rtcPort + index,
      (dead) => {
        this.#workers[index] = undefined;
        if (this.#closed) return;
        log.error("worker.died", { index });
        this.#restart(index);
        onDied(dead);
      },
    );
    if (this.#closed) return await worker.close();
    this.#workers[index] = worker;
    this.#waiting.resolve();
    this.#waiting = Promise.withResolvers();
  }

  #restart(index: number): void {
    const timer = setTimeout(() => {
      this.#restarts.delete(timer);
      this.#start(index).then(
        () => this.#options.log.info("worker.restarted", { index }),
        (error: unknown) => {
          this.#options.log.error("worker.failed", { index, error });
          if (!this.#closed) this.#restart(index);
        },
      );
    }, RESTART_DELAY_MS);
    this.#restarts.add(timer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    clearInterval(this.#checks);
    for (const timer of this.#restarts) clearTimeout(timer);
    await Promise.all(this.workers.map((worker) => worker.close()));
  }
}
