import type { MediaNoticeOf } from "@tafelrunde/protocol/media";
import type { Admission } from "./admission.ts";
import type { MediaNode } from "./media_node.ts";
import type { Peer } from "./peer.ts";
import type { MediaWorker } from "./worker_pool.ts";

/** How often a node reports, ms. Source: `load` in protocol/media.ts. */
const REPORT_INTERVAL_MS = 1000;

/** Peers whose bit rates are read per report, in turn; the others count with their last reading. It bounds what a report costs. */
const PEERS_PER_REPORT = 50;

/** Reads how busy a node is. */
export class LoadMeter {
  readonly #node: MediaNode;
  readonly #admission: Admission;
  readonly #workers: () => readonly MediaWorker[];
  #readings = new Map<Peer, { sendBps: number; recvBps: number }>();

  constructor(node: MediaNode, admission: Admission, workers: () => readonly MediaWorker[]) {
    this.#node = node;
    this.#admission = admission;
    this.#workers = workers;
  }

  async read(): Promise<MediaNoticeOf<"load">> {
    const peers = this.#node.peers();
    const [cpus] = await Promise.all([
      Promise.all(this.#workers().map((worker) => worker.cpu().catch(() => 0))),
      this.#readBitrates(peers),
    ]);
    const rooms = [...this.#node.rooms.values()];
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

  /** Reads those that were not read for the longest; forgets those that are gone. */
  async #readBitrates(peers: readonly Peer[]): Promise<void> {
    const known = new Set(peers);
    for (const peer of this.#readings.keys()) if (!known.has(peer)) this.#readings.delete(peer);
    const unread = peers.filter((peer) => !this.#readings.has(peer));
    const due = [...unread, ...this.#readings.keys()].slice(0, PEERS_PER_REPORT);
    await Promise.all(due.map(async (peer) => {
      const reading = await peer.bitrates().catch(() => undefined);
      this.#readings.delete(peer);
      if (reading !== undefined && !peer.closed) this.#readings.set(peer, reading);
    }));
  }
}

/** Reads the load once a second and hands it to `report`; the returned function ends it. */
export function makeLoadReports(
  meter: LoadMeter,
  report: (load: MediaNoticeOf<"load">) => void,
): () => void {
  let reading = false;
  const timer = setInterval(() => {
    if (reading) return;
    reading = true;
    void meter.read().then(report).finally(() => {
      reading = false;
    });
  }, REPORT_INTERVAL_MS);
  return () => clearInterval(timer);
}
