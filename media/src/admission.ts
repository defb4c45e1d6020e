import type { MediaNoticeOf, NodeProfile, NodeState } from "@tafelrunde/protocol/media";

/**
 * Share of a core above which a worker takes no more participants. mediasoup forwards without delay up to
 * about 0.9; the rest is for simultaneous key frames and for media that current participants still turn on.
 */
const CPU_FULL = 0.8;

/**
 * Share of the bandwidth above which the node takes no more participants: congestion control needs room to
 * grow and shrink.
 */
const BANDWIDTH_FULL = 0.9;

/**
 * A full node accepts participants again when it is below this share of its bounds, so that its state does
 * not flap.
 */
const ROOM_AGAIN = 0.85;

/** Consumers that a newcomer counts as before they have any: a first view of nine tiles and their audio. */
export const CONSUMERS_PER_NEWCOMER = 18;

/** The figures that determine a node's state. */
export type Reading = Pick<MediaNoticeOf<"load">, "cpu" | "peers" | "consumers" | "sendBps" | "recvBps">;

/** Decides whether a node accepts participants. */
export class Admission {
  readonly #capacity: NodeProfile["capacity"];
  readonly #maxConsumers: number;
  #isFull = false;
  #isDraining = false;
  #isFailing = false;

  /** `workerConsumers`: consumers that one worker can carry. */
  constructor(capacity: NodeProfile["capacity"], workerConsumers: number) {
    this.#capacity = capacity;
    this.#maxConsumers = workerConsumers * capacity.workers;
  }

  get state(): NodeState {
    if (this.#isDraining) return "draining";
    if (this.#isFailing) return "failing";
    return this.#isFull ? "full" : "up";
  }

  drain(): void {
    this.#isDraining = true;
  }

  read(reading: Reading): void {
    this.#isFailing = reading.cpu.length === 0;
    const use = this.#use(reading);
    this.#isFull = use >= 1 || (this.#isFull && use > ROOM_AGAIN);
  }

  /** Utilization of the scarcest resource; 1 is full. */
  #use({ cpu, peers, consumers, sendBps, recvBps }: Reading): number {
    const { peers: maxPeers, bandwidthBps } = this.#capacity;
    return Math.max(
      peers / maxPeers,
      consumers / this.#maxConsumers,
      // A newcomer goes to the worker with the most spare capacity.
      cpu.length === 0 ? 1 : Math.min(...cpu) / CPU_FULL,
      bandwidthBps === 0 ? 0 : Math.max(sendBps, recvBps) / (bandwidthBps * BANDWIDTH_FULL),
    );
  }
}
