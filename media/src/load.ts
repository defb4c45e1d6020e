import type { MediaNoticeOf } from "@tafelrunde/protocol/media";
import type { Admission } from "./admission.ts";
import { attend, guarded } from "@tafelrunde/protocol/process/faults";
import type { Log } from "@tafelrunde/protocol/process/log";
import type { MediaNode } from "./media_node.ts";
import type { MediaWorker } from "./worker_pool.ts";

/** Interval of a node's load reports, ms. Source: `load` in protocol/media.ts. */
const REPORT_INTERVAL_MS = 1000;

/**
 * Peers and pipes whose bit rates are read per report, in turn; the others count with their last reading.
 * This bounds the cost of a report.
 */
const READ_PER_REPORT = 50;

/** A participant's transports, or one end of a pipe. */
interface Metered {
  bitrates(): Promise<{ sendBps: number; recvBps: number }>;
}

/** Reads how busy a node is. */
export class LoadMeter {
  readonly #node: MediaNode;
  readonly #admission: Admission;
  readonly #workers: () => readonly MediaWorker[];
  #readings = new Map<Metered, { sendBps: number; recvBps: number }>();

  constructor(node: MediaNode, admission: Admission, workers: () => readonly MediaWorker[]) {
    this.#node = node;
    this.#admission = admission;
    this.#workers = workers;
  }

  async read(): Promise<MediaNoticeOf<"load">> {
    const peers = this.#node.peers();
    const rooms = [...this.#node.rooms.values()];
    const [cpus] = await Promise.all([
      Promise.all(this.#workers().map((worker) => worker.cpu().catch(() => 0))),
      this.#readBitrates([...peers, ...rooms.flatMap(({ pipes }) => pipes.ports())]),
    ]);
    const readings = [...this.#readings.values()];
    const reading = {
      cpu: cpus,
      peers: peers.length,
      producers: rooms.reduce((sum, room) => sum + room.announced().length, 0),
      consumers: peers.reduce((sum, { subscriptions }) => sum + subscriptions, 0),
      rooms: rooms.length,
      sendBps: readings.reduce((sum, { sendBps }) => sum + sendBps, 0),
      recvBps: readings.reduce((sum, { recvBps }) => sum + recvBps, 0),
    };
    this.#admission.read(reading);
    return {
      type: "load",
      state: this.#admission.state,
      piped: rooms.reduce((sum, { pipes }) => sum + pipes.piped, 0),
      outside: this.#node.outside,
      ...reading,
    };
  }

  /** Reads those whose last reading is the oldest; forgets those that are gone. */
  async #readBitrates(metered: readonly Metered[]): Promise<void> {
    const known = new Set(metered);
    for (const each of this.#readings.keys()) if (!known.has(each)) this.#readings.delete(each);
    const unread = metered.filter((each) => !this.#readings.has(each));
    const due = [...unread, ...this.#readings.keys()].slice(0, READ_PER_REPORT);
    await Promise.all(due.map(async (each) => {
      // A transport that has closed meanwhile cannot be read.
      const reading = await each.bitrates().catch(() => undefined);
      this.#readings.delete(each);
      if (reading !== undefined) this.#readings.set(each, reading);
    }));
  }
}

/** Reads the load once a second and on request, and passes it to `report`. */
export class LoadReports implements Disposable {
  readonly #meter: LoadMeter;
  readonly #report: (load: MediaNoticeOf<"load">) => void;
  readonly #timer: ReturnType<typeof setInterval>;
  #isReading = false;
  #last: MediaNoticeOf<"load"> | undefined;

  readonly #log: Log;

  constructor(meter: LoadMeter, report: (load: MediaNoticeOf<"load">) => void, log: Log) {
    this.#meter = meter;
    this.#report = report;
    this.#log = log;
    this.#timer = setInterval(guarded(log, "job", () => this.now()), REPORT_INTERVAL_MS);
  }

  /** The newest report. */
  get last(): MediaNoticeOf<"load"> | undefined {
    return this.#last;
  }

  /** Reports as soon as the load is read; one reading at a time. */
  now(): void {
    if (this.#isReading) return;
    this.#isReading = true;
    const reading = this.#meter.read().then((load) => {
      this.#last = load;
      this.#report(load);
    }).finally(() => {
      this.#isReading = false;
    });
    attend(this.#log, "media", reading);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
