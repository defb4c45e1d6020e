import type { MediaNoticeOf, NodeProfile, NodeState } from "@tafelrunde/protocol/media";

/**
 * Share of a core above which a worker bears nobody more. mediasoup forwards without delay up to about 0.9; the rest is for key frames that
 * come together and for what those who are there will still turn on.
 */
const CPU_FULL = 0.8;

/** Share of the bandwidth above which nobody more is taken: congestion control needs room to grow and to shrink. */
const BANDWIDTH_FULL = 0.9;

/** A node that was full takes people again when it is below this share of its bounds, so that its state does not flap. */
const ROOM_AGAIN = 0.85;

/** Tracks on their way to people that a newcomer is reckoned with before there are any: a first view of nine tiles and their voices. */
export const CONSUMERS_PER_NEWCOMER = 18;

/** What a state follows from. */
export type Reading = Pick<MediaNoticeOf<"load">, "cpu" | "peers" | "consumers" | "sendBps" | "recvBps">;

/** Whether a node takes people. */
export class Admission {
  readonly #capacity: NodeProfile["capacity"];
  readonly #maxConsumers: number;
  #isFull = false;
  #isDraining = false;
  #isFailing = false;

  /** `workerConsumers`: tracks on their way to people that one worker bears. */
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

  /** How much of what binds first is in use; 1: full. */
  #use({ cpu, peers, consumers, sendBps, recvBps }: Reading): number {
    const { peers: maxPeers, bandwidthBps } = this.#capacity;
    return Math.max(
      peers / maxPeers,
      consumers / this.#maxConsumers,
      // A newcomer goes to the worker that has most to spare.
      cpu.length === 0 ? 1 : Math.min(...cpu) / CPU_FULL,
      bandwidthBps === 0 ? 0 : Math.max(sendBps, recvBps) / (bandwidthBps * BANDWIDTH_FULL),
    );
  }
}
