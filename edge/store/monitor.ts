import type { EdgeId } from "@tafelrunde/protocol";
import { causeOf } from "../cause.ts";
import type { Log } from "../log.ts";
import { endLease, renewLease } from "./lease.ts";
import type { Store } from "./open.ts";
import { sqlStateOf } from "./unavailable.ts";

/** How often the lease is renewed, which shows whether the database takes what is written, ms. */
const BEAT_MS = 1_000;

/** How often it is looked whether there is space for more, ms. */
const SPACE_EVERY_MS = 10_000;

/** How old the last sign of life may be, ms. */
const STALE_MS = 3_000;

/** How often single failures are told while the database is up otherwise, ms. */
const TELL_EVERY_MS = 10_000;

/** What is watched, and as whom. */
export interface MonitorContext {
  readonly store: Store;
  readonly edgeId: EdgeId;
  /** The newest version of the protocol that this edge understands. */
  readonly version: number;
  readonly log: Log;
  /** Called when `clusterVersion` has changed. */
  readonly versionChanged: () => void;
}

/**
 * Knows whether the database takes what is written, since it writes: each second the lease of this edge, and now and then as much as needs new space. Says
 * in the log when that changes, once, whatever fails meanwhile.
 */
export class StoreMonitor implements AsyncDisposable {
  readonly #context: MonitorContext;
  readonly #stop = new AbortController();
  #beating: Promise<void> | undefined;
  #lostAt: number | undefined;
  #heardAt = -Infinity;
  /** When space was last found; -Infinity: it is to be looked for. */
  #spaceAt = performance.now();
  #toldAt = -Infinity;
  /** Failures that were not told. */
  #leftOut = 0;
  #clusterVersion: number;

  constructor(context: MonitorContext) {
    this.#context = context;
    this.#clusterVersion = context.version;
  }

  /** Takes the lease of this edge, and renews it until disposed. Throws what the database throws. */
  async start(): Promise<void> {
    await this.#renew();
    this.#heardAt = performance.now();
    const timer = setInterval(() => {
      this.#beating ??= this.#beat().finally(() => this.#beating = undefined);
    }, BEAT_MS);
    this.#stop.signal.addEventListener("abort", () => clearInterval(timer), { once: true });
  }

  /** Whether the database answered just now, and takes what is written. */
  get isUp(): boolean {
    return this.#lostAt === undefined && performance.now() - this.#heardAt < STALE_MS;
  }

  /** The version of the oldest edge that was alive when the lease was renewed last: a second ago, longer only while the database takes nothing. */
  get clusterVersion(): number {
    return this.#clusterVersion;
  }

  /** `log`, in which "store.away", said by all whom the database fails, stands for what this knows. */
  once(log: Log): Log {
    return {
      ...log,
      warn: (event, fields = {}) => {
        if (event === "store.away") this.#note(fields);
        else log.warn(event, fields);
      },
      with: (context) => this.once(log.with(context)),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { store, edgeId } = this.#context;
    this.#stop.abort();
    await this.#beating;
    await endLease(store.vital, edgeId).catch(
      () => {/* the database is gone: the lease runs out by itself */},
    );
  }

  /** Something that had to do with the database has failed. */
  #note(fields: Record<string, unknown>): void {
    const { error } = fields;
    const state = sqlStateOf(error);
    // 53100: the disk is full, which small writes do not feel; 25006: read-only.
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
