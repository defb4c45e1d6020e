import { type Refusal, type RefusalCode, refuse } from "@tafelrunde/protocol";
import { RateLimiterMemory, type RateLimiterRes } from "rate-limiter-flexible";
import type { KeyedHash } from "./keyed_hash.ts";
import type { Metrics } from "./metrics.ts";
import type { AddressKey } from "./network_address.ts";
import type { Db } from "./store/schema.ts";
import { returnPoint, takePoint, type Tally } from "./store/tally.ts";

/**
 * How much of what, by whom. Addresses are generous: a school or a town hall is one address. Each edge counts for itself, but for what is
 * `isShared`: that is counted in the database, or who guesses would have as many tries at each edge.
 * What one connection may send is in rooms/allowance.ts.
 */
export const LIMITS = {
  /** Requests to the REST API by somebody signed in, or by an API key. */
  "api.caller": { points: 1_200, durationS: 60, refusal: "person.tooFrequent" },
  /** Requests to the REST API by nobody in particular, from one address. */
  "api.address": { points: 6_000, durationS: 60, refusal: "address.tooFrequent" },
  /** Rooms made by one account or API key, or from one address by nobody in particular. */
  "room.create": { points: 120, durationS: 60, refusal: "address.tooFrequent" },
  /** Wrong links, one-time links, recovery codes and API keys from one address. They have 80 random bits and more: only wrong ones are slowed. */
  "secret.wrong": { points: 60, durationS: 60, refusal: "address.tooFrequent" },
  /** Wrong passwords for one account from one address. */
  "signIn.guess": { points: 10, durationS: 900, refusal: "address.tooFrequent", isShared: true },
  /** The same within a day. */
  "signIn.guessDay": { points: 50, durationS: 86_400, refusal: "address.tooFrequent", isShared: true },
  /** The same from one address, for whatever accounts. */
  "signIn.address": { points: 200, durationS: 900, refusal: "address.tooFrequent", isShared: true },
  /** The same for one account, from whatever addresses. */
  "signIn.account": { points: 100, durationS: 3_600, refusal: "person.tooFrequent", isShared: true },
  /** When those are spent: from addresses that have not tried this account for a day. */
  "signIn.first": { points: 1_000, durationS: 86_400, refusal: "person.tooFrequent", isShared: true },
  /** Wrong passwords for one account from a browser that has been signed in to it. */
  "signIn.device": { points: 10, durationS: 900, refusal: "person.tooFrequent", isShared: true },
  /** Mails about a forgotten password to one address of e-mail. */
  "signIn.mail": { points: 3, durationS: 3_600, refusal: "person.tooFrequent", isShared: true },
  /** Mails to new addresses of one account. */
  "account.mail": { points: 5, durationS: 3_600, refusal: "person.tooFrequent", isShared: true },
  /** The same mail for an account again: a link for a new password, to a new address, an invitation. */
  "mail.again": { points: 1, durationS: 300, refusal: "person.tooFrequent", isShared: true },
  /** Invitations to have an account, and questions whether an address is somebody's, to one reader, whoever asks. */
  "mail.account": { points: 5, durationS: 3_600, refusal: "person.tooFrequent", isShared: true },
  /** Mails about meetings of one owner: to people without an account, and to all. */
  "mail.strangers": { points: 200, durationS: 86_400, refusal: "person.tooFrequent", isShared: true },
  "mail.sent": { points: 2_000, durationS: 86_400, refusal: "person.tooFrequent", isShared: true },
  /** Mails about meetings of one tenant. */
  "mail.ofTenant": { points: 20_000, durationS: 86_400, refusal: "person.tooFrequent", isShared: true },
  /** Mails of one kind about one meeting to one reader: a later one waits, and the last one stands for all. */
  "mail.same": { points: 1, durationS: 300, refusal: "person.tooFrequent", isShared: true },
  /** Mails about meetings from one owner to one reader; more wait. */
  "mail.pair": { points: 30, durationS: 3_600, refusal: "person.tooFrequent", isShared: true },
  /** Mails about meetings to one reader, from whomever; more wait. */
  "mail.reader": { points: 60, durationS: 3_600, refusal: "person.tooFrequent", isShared: true },
  /** The same two for a reader without an account. */
  "mail.strangerPair": { points: 5, durationS: 3_600, refusal: "person.tooFrequent", isShared: true },
  "mail.stranger": { points: 10, durationS: 3_600, refusal: "person.tooFrequent", isShared: true },
  /** Registrations of media nodes from one address: each costs a call back. */
  "node.register": { points: 60, durationS: 60, refusal: "address.tooFrequent" },
  /** Signaling sockets and direct hellos from one address. */
  "socket.open": { points: 3_000, durationS: 60, refusal: "address.tooFrequent" },
  /** Commands of one person (a device cookie; an account, once there is one), over all their sockets. */
  "person.command": { points: 600, durationS: 10, refusal: "person.tooFrequent" },
  /** Commands in one room. */
  "room.command": { points: 10_000, durationS: 10, refusal: "room.tooFrequent" },
  /** Wrong passwords of one room from one address. */
  "password.wrong": { points: 5, durationS: 60, refusal: "password.tooFrequent", isShared: true },
  /** The same within a day. */
  "password.wrongDay": { points: 100, durationS: 86_400, refusal: "password.tooFrequent", isShared: true },
  /** Wrong passwords of one room, from whatever addresses. */
  "password.ofRoom": { points: 300, durationS: 3_600, refusal: "password.tooFrequent", isShared: true },
  /** When those are spent: from addresses that have not tried this room for a day. */
  "password.first": { points: 1_000, durationS: 86_400, refusal: "password.tooFrequent", isShared: true },
  /** Wrong passwords of one room from a browser that has given the right one. */
  "password.device": { points: 5, durationS: 60, refusal: "password.tooFrequent", isShared: true },
  /** Reactions of one person; more are not shown. */
  "person.reaction": { points: 10, durationS: 5, refusal: "person.tooFrequent" },
  /** Reactions in one room: each goes to everyone. */
  "room.reaction": { points: 40, durationS: 1, refusal: "room.tooFrequent" },
} as const satisfies Record<
  string,
  { points: number; durationS: number; refusal: RefusalCode; isShared?: true }
>;

export type LimitName = keyof typeof LIMITS;

/** Where points are counted. Instants and terms are ms. */
interface Counter {
  /** Takes a point; gives how many are taken now, and until when. */
  take(key: string): Promise<Count>;
  giveBack(key: string): Promise<void>;
}

interface Count {
  readonly taken: number;
  readonly resetMs: number;
}

/** What is left of a limit after a point was taken. */
export interface Draw {
  readonly remaining: number;
  /** It is the first of its window. */
  readonly isFirst: boolean;
  /** Until all points are back, ms. */
  readonly resetMs: number;
  /** There was none left. */
  readonly refusal: Refusal | undefined;
}

/** Sockets that one address may have open at once. */
export const SOCKETS_PER_ADDRESS = 1_000;

/** Counts what is limited. */
export class Limits {
  readonly #counters: ReadonlyMap<LimitName, Counter>;
  readonly #metrics: Metrics;
  readonly #keyedHash: KeyedHash;
  readonly #now: () => number;
  readonly #socketsByAddress = new Map<AddressKey, number>();

  /** `db`: where edges count together. */
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
      Object.entries<(typeof LIMITS)[LimitName] & { isShared?: true }>(LIMITS).map(([name, limit]) => [
        name as LimitName,
        limit.isShared
          ? sharedCounter({ db, keyedHash, now }, name as LimitName, limit.durationS * 1000)
          : ownCounter(limit.durationS),
      ]),
    );
  }

  /** Takes one point of `key`; undefined: it had one left. */
  async take(name: LimitName, key: string): Promise<Refusal | undefined> {
    return (await this.draw(name, key)).refusal;
  }

  /** Takes one point of `key` and says how it stands. */
  async draw(name: LimitName, key: string): Promise<Draw> {
    const { taken, resetMs } = await this.#counter(name).take(key);
    const remaining = LIMITS[name].points - taken;
    const refusal = remaining < 0 ? this.#refuse(name, resetMs) : undefined;
    return { remaining: Math.max(0, remaining), isFirst: taken === 1, resetMs, refusal };
  }

  /** Takes `points` of `key` in the transaction `trx`, for a limit that edges share: taken if that commits. */
  async takeIn(trx: Db, name: LimitName, key: string, points: number): Promise<Refusal | undefined> {
    const { durationS, points: all } = LIMITS[name];
    const now = this.#now();
    const tallyKey = { name, keyHash: await this.#keyedHash("limit", key) };
    const { points: taken, endsAt } = await takePoint(trx, tallyKey, durationS * 1000, now, points);
    return taken > all ? this.#refuse(name, Math.max(0, endsAt - now)) : undefined;
  }

  /** Gives a point back that was taken: what it was taken for turned out to be in order. */
  async giveBack(name: LimitName, key: string): Promise<void> {
    await this.#counter(name).giveBack(key);
  }

  /** Counts an open socket of `address`; undefined: it has as many as it may. Call the result once when the socket is gone. */
  holdSocket(address: AddressKey): (() => void) | undefined {
    const held = this.#socketsByAddress.get(address) ?? 0;
    if (held >= SOCKETS_PER_ADDRESS) {
      this.#metrics.limited.inc({ limit: "socket.held" });
      return undefined;
    }
    this.#socketsByAddress.set(address, held + 1);
    return () => {
      const left = (this.#socketsByAddress.get(address) ?? 1) - 1;
      if (left === 0) this.#socketsByAddress.delete(address);
      else this.#socketsByAddress.set(address, left);
    };
  }

  #counter(name: LimitName): Counter {
    return this.#counters.get(name)!;
  }

  #refuse(name: LimitName, retryAfterMs: number): Refusal {
    this.#metrics.limited.inc({ limit: name });
    return refuse(LIMITS[name].refusal, retryAfterMs);
  }
}

/** Counts in memory. Keys live as long as their window. */
function ownCounter(durationS: number): Counter {
  // What is too much is for `Limits` to say.
  const limiter = new RateLimiterMemory({ points: Number.MAX_SAFE_INTEGER, duration: durationS });
  const countOf = ({ consumedPoints, msBeforeNext }: RateLimiterRes): Count => ({
    taken: consumedPoints,
    resetMs: msBeforeNext,
  });
  return {
    take: async (key) => countOf(await limiter.consume(key)),
    giveBack: async (key) => void await limiter.reward(key),
  };
}

/** Counts in the database, with the edges that share it. */
function sharedCounter(
  { db, keyedHash, now }: { readonly db: Db; readonly keyedHash: KeyedHash; readonly now: () => number },
  name: LimitName,
  windowMs: number,
): Counter {
  const keyOf = async (key: string) => ({ name, keyHash: await keyedHash("limit", key) });
  const countOf = ({ points, endsAt }: Tally): Count => ({
    taken: points,
    resetMs: Math.max(0, endsAt - now()),
  });
  return {
    take: async (key) => countOf(await takePoint(db, await keyOf(key), windowMs, now())),
    giveBack: async (key) => await returnPoint(db, await keyOf(key)),
  };
}
