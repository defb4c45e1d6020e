import process from "node:process";

/** Part of a core from which on clients notice the work of others. */
export const BUSY_PART = 0.4;

/** Shortest measured interval, ms. */
const SPAN_MS = 100;

/**
 * Whether this process, with all its threads, is busy. True if the platform does not report processor time.
 */
export class ProcessorUse {
  readonly #now: () => number;
  readonly #usedMs: () => number | undefined;
  #at: number;
  #used: number | undefined;
  #isHigh = false;

  /** `usedMs`: processor time since the start, ms; undefined: unknown. */
  constructor(now = () => performance.now(), usedMs = processorMs) {
    this.#now = now;
    this.#usedMs = usedMs;
    this.#at = now();
    this.#used = usedMs();
  }

  /** Measured between the last two reads, at least 100 ms apart. */
  get isHigh(): boolean {
    if (this.#used === undefined) return true;
    const now = this.#now();
    const spanMs = now - this.#at;
    if (spanMs < SPAN_MS) return this.#isHigh;
    const used = this.#usedMs() ?? Infinity;
    this.#isHigh = used - this.#used >= BUSY_PART * spanMs;
    this.#at = now;
    this.#used = used;
    return this.#isHigh;
  }
}

/** Source: getrusage(2). */
function processorMs(): number | undefined {
  try {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000;
  } catch {
    return undefined;
  }
}
