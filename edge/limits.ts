import { type Refusal, type RefusalCode, refuse } from "@tafelrunde/protocol";
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import type { Metrics } from "./metrics.ts";

/**
 * How much of what, by whom. Addresses are generous: a school or a town hall is one address. Each edge counts for itself.
 * What one connection may send is in rooms/allowance.ts.
 */
export const LIMITS = {
  /** Requests to the REST API by somebody signed in, or by an API key. */
  "api.caller": { points: 1_200, durationS: 60, refusal: "person.tooFrequent" },
  /** Requests to the REST API by nobody in particular, from one address. */
  "api.address": { points: 6_000, durationS: 60, refusal: "address.tooFrequent" },
  /** Rooms made by one account or API key, or from one address by nobody in particular. */
  "room.create": { points: 120, durationS: 60, refusal: "address.tooFrequent" },
  /** Wrong links tried from one address: a link has 128 random bits, this only keeps the log quiet. */
  "link.wrong": { points: 60, durationS: 60, refusal: "address.tooFrequent" },
  /** Wrong passwords and recovery codes for one account from one address. */
  "signIn.guess": { points: 10, durationS: 900, refusal: "address.tooFrequent" },
  /** The same from one address, for whatever accounts. */
  "signIn.address": { points: 200, durationS: 900, refusal: "address.tooFrequent" },
  /** The same for one account, from whatever addresses. Its owner has other ways in: a passkey, a mail, a provider. */
  "signIn.account": { points: 100, durationS: 3_600, refusal: "person.tooFrequent" },
  /** Mails about a forgotten password to one address of e-mail. */
  "signIn.mail": { points: 3, durationS: 3_600, refusal: "person.tooFrequent" },
  /** Mails to new addresses of one account. */
  "account.mail": { points: 5, durationS: 3_600, refusal: "person.tooFrequent" },
  /** Registrations of media nodes from one address: each costs a call back. */
  "node.register": { points: 60, durationS: 60, refusal: "address.tooFrequent" },
  /** Signaling sockets and direct hellos from one address. */
  "socket.open": { points: 3_000, durationS: 60, refusal: "address.tooFrequent" },
  /** Commands of one person (a device cookie; an account, once there is one), over all their sockets. */
  "person.command": { points: 600, durationS: 10, refusal: "person.tooFrequent" },
  /** Commands in one room. */
  "room.command": { points: 10_000, durationS: 10, refusal: "room.tooFrequent" },
  /** Wrong passwords of one room from one address. */
  "password.wrong": { points: 5, durationS: 60, refusal: "password.tooFrequent" },
  /** Wrong passwords of one room: from many addresses one guesses slowly, too. */
  "password.ofRoom": { points: 60, durationS: 60, refusal: "password.tooFrequent" },
  /** Reactions of one person; more are not shown. */
  "person.reaction": { points: 10, durationS: 5, refusal: "person.tooFrequent" },
  /** Reactions in one room: each goes to everyone. */
  "room.reaction": { points: 40, durationS: 1, refusal: "room.tooFrequent" },
} as const satisfies Record<string, { points: number; durationS: number; refusal: RefusalCode }>;

export type LimitName = keyof typeof LIMITS;

/** What is left of a limit after a point was taken. */
export interface Draw {
  readonly remaining: number;
  /** Until all points are back, ms. */
  readonly resetMs: number;
  /** There was none left. */
  readonly refusal: Refusal | undefined;
}

/** Sockets that one address may have open at once. */
export const SOCKETS_PER_ADDRESS = 1_000;

/** Counts what is limited. Keys live as long as their window, in memory only. */
export class Limits {
  readonly #limiters: Readonly<Record<LimitName, RateLimiterMemory>>;
  readonly #metrics: Metrics;
  readonly #socketsByAddress = new Map<string, number>();

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
    this.#limiters = Object.fromEntries(
      Object.entries(LIMITS).map((
        [name, { points, durationS }],
      ) => [name, new RateLimiterMemory({ points, duration: durationS })]),
    ) as Record<LimitName, RateLimiterMemory>;
  }

  /** Takes one point of `key`; undefined: it had one left. */
  async take(name: LimitName, key: string): Promise<Refusal | undefined> {
    return (await this.draw(name, key)).refusal;
  }

  /** Takes one point of `key` and says how it stands. */
  async draw(name: LimitName, key: string): Promise<Draw> {
    try {
      const { remainingPoints, msBeforeNext } = await this.#limiters[name].consume(key);
      return { remaining: remainingPoints, resetMs: msBeforeNext, refusal: undefined };
    } catch (rejection) {
      if (!(rejection instanceof RateLimiterRes)) throw rejection;
      this.#metrics.limited.inc({ limit: name });
      const { msBeforeNext } = rejection;
      return { remaining: 0, resetMs: msBeforeNext, refusal: refuse(LIMITS[name].refusal, msBeforeNext) };
    }
  }

  /** What `take` would say, without taking a point. */
  async look(name: LimitName, key: string): Promise<Refusal | undefined> {
    const state = await this.#limiters[name].get(key);
    if (state === null || state.remainingPoints > 0) return undefined;
    this.#metrics.limited.inc({ limit: name });
    return refuse(LIMITS[name].refusal, state.msBeforeNext);
  }

  /** Gives a point back that was taken: what it was taken for turned out to be in order. */
  async giveBack(name: LimitName, key: string): Promise<void> {
    await this.#limiters[name].reward(key);
  }

  /** Counts an open socket of `address`; undefined: it has as many as it may. Call the result once when the socket is gone. */
  holdSocket(address: string): (() => void) | undefined {
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
}
