import type { EdgeId } from "@tafelrunde/protocol";
import { causeOf } from "@tafelrunde/protocol/process/cause";
import { type Log, logTo } from "@tafelrunde/protocol/process/log";
import { endLease, renewLease } from "./lease.ts";
import type { Store } from "./open.ts";
import { isStoreAway, sqlStateOf } from "./unavailable.ts";

/** Interval of lease renewals, which show whether the database can be written, ms. */
const BEAT_MS = 1_000;

/** Interval of checks for free space, ms. */
const SPACE_EVERY_MS = 10_000;

/** Largest age of the last successful renewal, ms. */
const STALE_MS = 3_000;

/** Shortest time between two log entries about single failures while the database is up otherwise, ms. */
const TELL_EVERY_MS = 10_000;

/** The store to watch, and the edge's identity. */
export interface MonitorContext {
  readonly store: Store;
  readonly edgeId: EdgeId;
  /** The newest protocol version that this edge understands. */
  readonly version: number;
  readonly log: Log;
  /** Called when `clusterVersion` has changed. */
  readonly versionChanged: () => void;
}

/**
 * Knows whether the database can be written, by writing: every second the lease of this edge, and from time
 * to time enough data to need new space. Logs each change once, whatever fails meanwhile.
 */
export class StoreMonitor implements AsyncDisposable {
  readonly #context: MonitorContext;
  readonly #stop = new AbortController();
  #beating: Promise<void> | undefined;
  #lostAt: number | undefined;
  #heardAt = -Infinity;
  /** When free space was last confirmed; -Infinity: check again. */
  #spaceAt = performance.now();
  #toldAt = -Infinity;
  /** Failures that were not logged. */
  #leftOut = 0;
  #clusterVersion: number;

  constructor(context: MonitorContext) {
    this.#context = context;
    this.#clusterVersion = context.version;
  }

  /** Takes the lease of this edge, and renews it until disposed. Throws the database's errors. */
  async start(): Promise<void> {
    await this.#renew();
    this.#heardAt = performance.now();
    const timer = setInterval(() => {
      this.#beating ??= this.#beat().finally(() => this.#beating = undefined);
    }, BEAT_MS);
    this.#stop.signal.addEventListener("abort", () => clearInterval(timer), { once: true });
  }

  /** Whether the database has answered recently, and can be written. */
  get isUp(): boolean {
    return this.#lostAt === undefined && performance.now() - this.#heardAt < STALE_MS;
  }

  /**
   * The lowest protocol version of all live edges at the last renewal: a second old, older only while the
   * database cannot be written.
   */
  get clusterVersion(): number {
    return this.#clusterVersion;
  }

  /**
   * The same log, except that an unavailable database is not a bug of ours: "store.away" warnings and faults
   * that it causes, from any part of the edge, are merged into this monitor's.
   */
  once(log: Log): Log {
    return logTo((level, event, fields) => {
      const isAway = event === "store.away" || (event === "fault" && isStoreAway(fields["error"]));
      if (isAway) this.#note(fields);
      else log[level](event, fields);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { store, edgeId } = this.#context;
    this.#stop.abort();
    await this.#beating;
    await endLease(store.vital, edgeId).catch(
      () => {/* the database is gone: the lease expires by itself */},
    );
  }

  /** Handles a failure of a database request. */
  #note(fields: Record<string, unknown>): void {
    const { error } = fields;
    const state = sqlStateOf(error);
    // 53100: the disk is full, which small writes do not notice; 25006: read-only.
    if (state === "53100") this.#spaceAt = -Infinity;
    if (state === "53100" || state === "25006") this.#lose(error);
    const now = performance.now();
    if (this.#lostAt !== undefined || now - this.#toldAt < TELL_EVERY_MS) {
      this.#leftOut++;
      return;
    }
    this.#toldAt = now;
    this.#context.log.warn("store.away", {
      ...fields,
      error: causeOf(error),
      ...this.#leftOut > 0 && { leftOut: this.#leftOut },
    });
    this.#leftOut = 0;
  }

  async #beat(): Promise<void> {
    const { store, log } = this.#context;
    try {
      await this.#renew();
      const now = performance.now();
      if (now - this.#spaceAt > SPACE_EVERY_MS) {
        await store.lookForSpace();
        this.#spaceAt = now;
      }
      this.#heardAt = performance.now();
      if (this.#lostAt === undefined) return;
      log.info("store.back", { afterMs: Math.round(this.#heardAt - this.#lostAt), failed: this.#leftOut });
      this.#lostAt = undefined;
      this.#leftOut = 0;
    } catch (error) {
      this.#lose(error);
    }
  }

  async #renew(): Promise<void> {
    const { store, edgeId, version, log, versionChanged } = this.#context;
    const clusterVersion = await renewLease(store.vital, edgeId, version);
    if (clusterVersion === this.#clusterVersion) return;
    this.#clusterVersion = clusterVersion;
    log.info("cluster.version", { version: clusterVersion });
    versionChanged();
  }

  #lose(error: unknown): void {
    if (this.#lostAt !== undefined) return;
    this.#lostAt = performance.now();
    this.#context.log.warn("store.lost", { error: causeOf(error) });
  }
}
