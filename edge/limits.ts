import { type Refusal, refuse } from "@tafelrunde/protocol";
import type { KeyedHash } from "./keyed_hash.ts";
import { ALL_LIMITS } from "./all_limits.ts";
import type { Limit, LimitName, OwnLimitName } from "./limit_table.ts";
import type { Metrics } from "./metrics.ts";
import { type AddressKey, networksOf } from "./network_address.ts";
import { SlowTurns } from "./slow_turns.ts";
import type { Db } from "./store/schema.ts";
import { type RateCounter, returnPoint, takePoint } from "./store/rate_counter.ts";
import { type WindowCount, WindowCounter } from "./window_counter.ts";

/** A counter of points. Times are ms. */
interface Counter {
  /** Takes points; returns the number taken in the window, and the time until it ends. */
  take(key: string, points: number): Promise<WindowCount> | WindowCount;
  giveBack(key: string): Promise<void> | void;
}

/** The state of a limit after a draw. */
export interface Draw {
  readonly remaining: number;
  /** Time until all points are back, ms. */
  readonly resetMs: number;
  /** Undefined: granted. */
  readonly refusal: Refusal | undefined;
}

/** A draw for an address. */
export interface AddressDraw extends Draw {
  /** The address has points left, but a wider network around it has not. */
  readonly isNetworkSpent: boolean;
  /** Returns the points. */
  giveBack(): Promise<void>;
}

/** What a draw for an address takes. */
export interface OfAddress {
  /** 1 by default. */
  readonly points?: number;
  /** An additional part of the key; empty: none. */
  readonly subject?: string;
}

/** Most open sockets of one address. */
export const SOCKETS_PER_ADDRESS = 1_000;

/** Counts rate limits. */
export class Limits implements Disposable {
  /** For requests that are delayed, not refused, once their points are used up. */
  readonly slowTurns: SlowTurns = new SlowTurns();
  readonly #counters: ReadonlyMap<LimitName, Counter>;
  /** The counters in memory. */
  readonly #own: readonly WindowCounter[];
  readonly #metrics: Metrics;
  readonly #keyedHash: KeyedHash;
  readonly #now: () => number;
  readonly #socketsByNetwork = new Map<string, number>();

  /** `db`: counts the limits that edges share. */
  constructor(
    { metrics, db, keyedHash, now }: {
      metrics: Metrics;
      db: Db;
      keyedHash: KeyedHash;
      now: () => number;
    },
  ) {
    this.#metrics = metrics;
    this.#keyedHash = keyedHash;
    this.#now = now;
    this.#counters = new Map(
      Object.entries(ALL_LIMITS).map(([name, limit]) => [
        name as LimitName,
        limit.isShared
          ? sharedCounter({ db, keyedHash, now }, name as LimitName, limit.durationS * 1000)
          : new WindowCounter(limit.durationS * 1000, now),
      ]),
    );
    this.#own = [...this.#counters.values()].filter((counter) => counter instanceof WindowCounter);
  }

  /** Takes points of `key`; undefined: granted. At once, if this edge counts the limit for itself. */
  take(name: OwnLimitName, key: string, points?: number): Refusal | undefined;
  take(name: LimitName, key: string, points?: number): Promise<Refusal | undefined> | Refusal | undefined;
  take(name: LimitName, key: string, points = 1): Promise<Refusal | undefined> | Refusal | undefined {
    const counter = this.#counter(name);
    if (!(counter instanceof WindowCounter)) return this.draw(name, key, points).then(refusalOf);
    const { taken, resetMs } = counter.take(key, points);
    return taken > ALL_LIMITS[name].points ? this.#refuse(name, resetMs) : undefined;
  }

  /** Like `take`, with the state of the limit. */
  async draw(name: LimitName, key: string, points = 1): Promise<Draw> {
    return await this.#draw(name, key, points, ALL_LIMITS[name].points);
  }

  /**
   * Takes points of an address, and of the networks that contain it (`networksOf`); undefined: granted. At
   * once, if this edge counts the limit for itself.
   */
  takeOf(name: OwnLimitName, address: AddressKey, of?: OfAddress): Refusal | undefined;
  takeOf(
    name: LimitName,
    address: AddressKey,
    of?: OfAddress,
  ): Promise<Refusal | undefined> | Refusal | undefined;
  takeOf(
    name: LimitName,
    address: AddressKey,
    of: OfAddress = {},
  ): Promise<Refusal | undefined> | Refusal | undefined {
    const counter = this.#counter(name);
    if (!(counter instanceof WindowCounter)) return this.drawOf(name, address, of).then(refusalOf);
    for (const { key, all } of sharesOf(name, address, of)) {
      const { taken, resetMs } = counter.take(key, of.points ?? 1);
      if (taken > all) return this.#refuse(name, resetMs);
    }
    return undefined;
  }

  /**
   * Like `takeOf`, with the state of the limit. An address without points takes none of the networks around
   * it, because its neighbours are not to blame.
   */
  async drawOf(
    name: LimitName,
    address: AddressKey,
    of: OfAddress = {},
  ): Promise<AddressDraw> {
    const taken: string[] = [];
    const giveBack = async () => {
      for (const key of taken.splice(0)) await this.giveBack(name, key);
    };
    let narrowest: Draw | undefined;
    for (const { key, times, all } of sharesOf(name, address, of)) {
      taken.push(key);
      const draw = await this.#draw(name, key, of.points ?? 1, all);
      if (draw.refusal !== undefined) return { ...draw, isNetworkSpent: times > 1, giveBack };
      narrowest ??= draw;
    }
    return { ...narrowest!, isNetworkSpent: false, giveBack };
  }

  /**
   * Takes `points` of `key` in the transaction `trx`, for a limit that edges share: counted if that commits.
   */
  async takeIn(trx: Db, name: LimitName, key: string, points: number): Promise<Refusal | undefined> {
    const { durationS, points: all } = ALL_LIMITS[name];
    const now = this.#now();
    const counterKey = { name, keyHash: this.#keyedHash("limit", key) };
    const { points: taken, endsAt } = await takePoint(trx, counterKey, durationS * 1000, now, points);
    return taken > all ? this.#refuse(name, Math.max(0, endsAt - now)) : undefined;
  }

  /** Returns a point, because the request turned out to be legitimate. */
  async giveBack(name: LimitName, key: string): Promise<void> {
    await this.#counter(name).giveBack(key);
  }

  /** Number of keys counted in memory. */
  get keys(): number {
    return this.#own.reduce((keys, { size }) => keys + size, 0);
  }

  /** Deletes windows that have ended. Call it often. */
  tend(): void {
    for (const counter of this.#own) counter.forgetOver();
  }

  /**
   * Counts an open socket of `address`; undefined: its limit is reached. Call the returned function once when
   * the socket is closed.
   */
  holdSocket(address: AddressKey): (() => void) | undefined {
    const networks = networksOf(address);
    const held = (key: string) => this.#socketsByNetwork.get(key) ?? 0;
    if (networks.some(({ key, times }) => held(key) >= SOCKETS_PER_ADDRESS * times)) {
      this.#metrics.limited.inc({ limit: "socket.held" });
      return undefined;
    }
    for (const { key } of networks) this.#socketsByNetwork.set(key, held(key) + 1);
    return () => {
      for (const { key } of networks) {
        if (held(key) <= 1) this.#socketsByNetwork.delete(key);
        else this.#socketsByNetwork.set(key, held(key) - 1);
      }
    };
  }

  [Symbol.dispose](): void {
    this.slowTurns[Symbol.dispose]();
  }

  async #draw(name: LimitName, key: string, points: number, all: number): Promise<Draw> {
    const { taken, resetMs } = await this.#counter(name).take(key, points);
    const refusal = taken > all ? this.#refuse(name, resetMs) : undefined;
    return { remaining: Math.max(0, all - taken), resetMs, refusal };
  }

  #counter(name: LimitName): Counter {
    return this.#counters.get(name)!;
  }

  #refuse(name: LimitName, retryAfterMs: number): Refusal {
    this.#metrics.limited.inc({ limit: name });
    return refuse(ALL_LIMITS[name].refusal, retryAfterMs);
  }
}

/** The counts of a limit that an address takes from, narrowest first, with what each may reach. */
function sharesOf(
  name: LimitName,
  address: AddressKey,
  { subject = "" }: OfAddress,
): { readonly key: string; readonly times: number; readonly all: number }[] {
  const { points: share, ofNetwork = Infinity }: Limit = ALL_LIMITS[name];
  return networksOf(address).map(({ key: network, times }) => ({
    key: subject === "" ? network : `${subject} ${network}`,
    times,
    all: Math.min(share * times, Math.max(share, ofNetwork)),
  }));
}

function refusalOf({ refusal }: Draw): Refusal | undefined {
  return refusal;
}

/** A counter in the database, shared with other edges. */
function sharedCounter(
  { db, keyedHash, now }: { readonly db: Db; readonly keyedHash: KeyedHash; readonly now: () => number },
  name: LimitName,
  windowMs: number,
): Counter {
  const keyOf = (key: string) => ({ name, keyHash: keyedHash("limit", key) });
  const countOf = ({ points, endsAt }: RateCounter): WindowCount => ({
    taken: points,
    resetMs: Math.max(0, endsAt - now()),
  });
  return {
    take: async (key, points) => countOf(await takePoint(db, keyOf(key), windowMs, now(), points)),
    giveBack: async (key) => await returnPoint(db, keyOf(key)),
  };
}
