import process from "node:process";

/** From this part of a core on, what somebody asks for waits noticeably for what others asked for. */
export const BUSY_PART = 0.4;

/** What it is measured over at least, ms. */
const SPAN_MS = 100;

/** Whether this process has much to do, all its threads together. Where the platform does not say, it has. */
export class ProcessorUse {
  readonly #now: () => number;
  readonly #usedMs: () => number | undefined;
  #at: number;
  #used: number | undefined;
  #isHigh = false;

  /** `usedMs`: processor time since the start, ms; undefined: nobody knows. */
  constructor(now = () => performance.now(), usedMs = processorMs) {
    this.#now = now;
    this.#usedMs = usedMs;
    this.#at = now();
    this.#used = usedMs();
  }

  /** Between the last two times that it was asked for, a tenth of a second or more apart. */
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
