/** Who uses how much of a node, so that what strangers can make for nothing does not fill it (architecture §11). */

/**
 * Part of a node's consumers that tracks which have never sent a packet may have: those of one room and of the people behind one address, and
 * all. A room of 30 who come in muted has 600 such consumers; what is withheld comes with its first packet, a syllable late.
 */
export const SILENT_PART_OF_ONE = 1 / 4;
export const SILENT_PART = 1 / 2;

/** From this part of a node's capacity on, shares count; below, whoever comes may have it. */
export const BUSY_PART = 3 / 4;

/** The part of a busy node that one room, or the people behind one address, may have. */
export const SHARE_PART = 1 / 2;

/** The part of a busy node that all rooms of nobody's house may have together. */
export const ANONYMOUS_PART = 9 / 10;

/** Somebody who uses the node, as far as shares are concerned. */
export interface Sharer {
  readonly roomId: string;
  /** Stands for the network that they come from; null: the edge does not say. */
  readonly origin: string | null;
  /** The room belongs to a tenant. */
  readonly isOfHouse: boolean;
}

/** What one of them uses. */
export interface Use extends Sharer {
  /** Tracks on their way to them, and the two transports of somebody who is sent nothing yet. */
  readonly weight: number;
}

/** How often what everyone uses is added up, ms: each time costs a look at everyone. */
const COUNT_EVERY_MS = 100;

interface Counted {
  readonly at: number;
  readonly all: number;
  readonly anonymous: number;
  readonly byRoom: ReadonlyMap<string, number>;
  readonly byOrigin: ReadonlyMap<string, number>;
}

/** Shares of a node that bears `capacity` consumers. */
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

  /** Whether a busy node takes more of `sharer`: another person, another track. */
  mayGrow({ roomId, origin, isOfHouse }: Sharer, { onlyWhenFull = false } = {}): boolean {
    const { all, anonymous, byRoom, byOrigin } = this.#count();
    if (all < this.#capacity * (onlyWhenFull ? 1 : BUSY_PART)) return true;
    const share = this.#capacity * SHARE_PART;
    if ((byRoom.get(roomId) ?? 0) >= share) return false;
    if (origin !== null && (byOrigin.get(origin) ?? 0) >= share) return false;
    return isOfHouse || anonymous < this.#capacity * ANONYMOUS_PART;
  }

  #count(): Counted {
    const now = performance.now();
    if (this.#counted !== undefined && now - this.#counted.at < COUNT_EVERY_MS) return this.#counted;
    const counted = { at: now, all: 0, anonymous: 0, byRoom: new Map(), byOrigin: new Map() };
    for (const { roomId, origin, isOfHouse, weight } of this.#uses()) {
      counted.all += weight;
      if (!isOfHouse) counted.anonymous += weight;
      counted.byRoom.set(roomId, (counted.byRoom.get(roomId) ?? 0) + weight);
      if (origin !== null) counted.byOrigin.set(origin, (counted.byOrigin.get(origin) ?? 0) + weight);
    }
    this.#counted = counted;
    return counted;
  }

  /** Takes a place for a consumer of a track that has never sent a packet; the function gives it back. Undefined: there is none left. */
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

  /** Consumers of tracks without a packet now. */
  get silent(): number {
    return this.#silent.get("all") ?? 0;
  }

  #add(key: string, change: number): void {
    const count = (this.#silent.get(key) ?? 0) + change;
    if (count === 0) this.#silent.delete(key);
    else this.#silent.set(key, count);
  }
}
