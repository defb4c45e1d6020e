/**
 * Shares of a node's capacity, so that strangers cannot fill it with media that costs them nothing
 * (architecture §11).
 */

/**
 * Part of a node's consumers that tracks without a packet so far can have: those of one room or of one
 * network, and all together. A room of 30 that join muted has 600 such consumers; withheld ones are created
 * with the track's first packet, a syllable late.
 */
export const SILENT_PART_OF_ONE = 1 / 4;
export const SILENT_PART = 1 / 2;

/** Shares apply above this part of a node's capacity; below it, everyone is accepted. */
export const BUSY_PART = 3 / 4;

/** The part of a busy node that one room, or the participants of one network, can have. */
export const SHARE_PART = 1 / 2;

/** The part of a busy node that all rooms without a tenant can have together. */
export const ANONYMOUS_PART = 9 / 10;

/** A participant, in terms of capacity shares. */
export interface Sharer {
  readonly roomId: string;
  /** Key of the network that they connect from; null: the edge does not send it. */
  readonly origin: string | null;
  /** The room belongs to a tenant. */
  readonly isOfTenant: boolean;
}

/** The capacity that one of them uses. */
export interface Use extends Sharer {
  /** Their consumers, plus the weight of their two transports. */
  readonly weight: number;
}

/** How often the use is added up, ms: each time visits every participant. */
const COUNT_EVERY_MS = 100;

interface Counted {
  readonly at: number;
  readonly all: number;
  readonly anonymous: number;
  readonly byRoom: ReadonlyMap<string, number>;
  readonly byOrigin: ReadonlyMap<string, number>;
}

/** Shares of a node with a capacity of `capacity` consumers. */
export class Shares {
  readonly #capacity: number;
  readonly #uses: () => Iterable<Use>;
  readonly #silent = new Map<string, number>();
  #counted: Counted | undefined;

  /** `uses`: everyone on the node now. */
  constructor(capacity: number, uses: () => Iterable<Use>) {
    this.#capacity = capacity;
    this.#uses = uses;
  }

  /** Whether a busy node accepts more from `sharer`: another participant or another track. */
  mayGrow({ roomId, origin, isOfTenant }: Sharer, { onlyWhenFull = false } = {}): boolean {
    const { all, anonymous, byRoom, byOrigin } = this.#count();
    if (all < this.#capacity * (onlyWhenFull ? 1 : BUSY_PART)) return true;
    const share = this.#capacity * SHARE_PART;
    if ((byRoom.get(roomId) ?? 0) >= share) return false;
    if (origin !== null && (byOrigin.get(origin) ?? 0) >= share) return false;
    return isOfTenant || anonymous < this.#capacity * ANONYMOUS_PART;
  }

  #count(): Counted {
    const now = performance.now();
    if (this.#counted !== undefined && now - this.#counted.at < COUNT_EVERY_MS) return this.#counted;
    const counted = { at: now, all: 0, anonymous: 0, byRoom: new Map(), byOrigin: new Map() };
    for (const { roomId, origin, isOfTenant, weight } of this.#uses()) {
      counted.all += weight;
      if (!isOfTenant) counted.anonymous += weight;
      counted.byRoom.set(roomId, (counted.byRoom.get(roomId) ?? 0) + weight);
      if (origin !== null) counted.byOrigin.set(origin, (counted.byOrigin.get(origin) ?? 0) + weight);
    }
    this.#counted = counted;
    return counted;
  }

  /**
   * Takes a slot for a consumer of a track that has never sent a packet; the returned function frees it.
   * Undefined: none is left.
   */
  holdSilent({ roomId, origin }: Sharer): (() => void) | undefined {
    const ofOne = this.#capacity * SILENT_PART_OF_ONE;
    const bounds = new Map([[`room ${roomId}`, ofOne], ["all", this.#capacity * SILENT_PART]]);
    if (origin !== null) bounds.set(`origin ${origin}`, ofOne);
    for (const [key, bound] of bounds) if ((this.#silent.get(key) ?? 0) >= bound) return undefined;
    for (const key of bounds.keys()) this.#add(key, 1);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      for (const key of bounds.keys()) this.#add(key, -1);
    };
  }

  /** Current number of consumers of tracks without a packet. */
  get silent(): number {
    return this.#silent.get("all") ?? 0;
  }

  #add(key: string, change: number): void {
    const count = (this.#silent.get(key) ?? 0) + change;
    if (count === 0) this.#silent.delete(key);
    else this.#silent.set(key, count);
  }
}
