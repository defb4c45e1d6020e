import { FairTurns } from "../fair_turns.ts";
import { guarded } from "../faults.ts";
import type { Log } from "../log.ts";

/**
 * Writes to sockets that what is said in one room, and from one address in all rooms, has at once and in a second. One takes 10 to 20 µs, whatever is
 * in it: a room or an address has about a sixth of the thread.
 */
export const WRITES = { burst: 1_000, perSecond: 10_000 };

/** Longest that something waits for its address, ms. */
const LONGEST_WAIT_MS = 1_000;

/** Sockets that are written to in one step. */
export const STEP = 16;

/**
 * Longest time in which the first steps of a round follow one another before somebody else's messages come between, ms: a room of a hundred is
 * written to in one go. With 1 ms the last of a room of 50 waited 0.25 ms longer. Source: bench:edge, fan-out, 2026-11-30.
 */
const FIRST_PIECE_MS = 2;

const MS_PER_WRITE = 1_000 / WRITES.perSecond;
const BURST_MS = WRITES.burst * MS_PER_WRITE;

/** Someone for whom frames are held back. */
export interface Recipient {
  /** Hands over what is held back. Never throws. */
  flush(): void;
}

export interface FanOutOptions {
  readonly log: Log;
  /** Says that work for `address` has taken `ms`. */
  readonly charge?: (address: string, ms: number) => void;
  /** ms. */
  readonly now?: () => number;
}

/** Writes what goes to many, for all rooms of an edge: by turns between them, and as often as an address has writes left. */
export class FanOut implements Disposable {
  readonly #turns: FairTurns;
  readonly #log: Log;
  readonly #charge: (address: string, ms: number) => void;
  readonly #timers = new Map<Audience, ReturnType<typeof setTimeout>>();
  /** When an address has used what it has had so far, by the address; who was last is at the end. */
  readonly #usedUntil = new Map<string, number>();
  readonly now: () => number;
  #isOver = false;

  constructor({ log, charge = () => {}, now = () => performance.now() }: FanOutOptions) {
    this.#turns = new FairTurns(log);
    this.#log = log;
    this.#charge = charge;
    this.now = now;
  }

  /** Addresses that have not had back yet what they used. */
  get addresses(): number {
    return this.#usedUntil.size;
  }

  /** Work for `address` has taken `ms`; empty: it was the edge's own. */
  charge(address: string, ms: number): void {
    if (address !== "") this.#charge(address, ms);
  }

  /** When `address` may have something written. */
  readyAt(address: string): number {
    return (this.#usedUntil.get(address) ?? -Infinity) - BURST_MS;
  }

  /** Takes writes of `address`. */
  take(address: string, writes: number): void {
    if (address === "") return;
    const now = this.now();
    const from = Math.max(now, this.#usedUntil.get(address) ?? now);
    this.#usedUntil.delete(address);
    this.#usedUntil.set(address, Math.min(from + writes * MS_PER_WRITE, now + BURST_MS + LONGEST_WAIT_MS));
    for (const [other, until] of this.#usedUntil) {
      if (until > now) return;
      this.#usedUntil.delete(other);
    }
  }

  /** Calls `write` of an audience after `ms`, in place of an earlier plan. */
  plan(audience: Audience, ms: number, write: () => void): void {
    this.forget(audience);
    if (this.#isOver) return;
    const due = () => {
      this.#timers.delete(audience);
      write();
    };
    this.#timers.set(audience, setTimeout(guarded(this.#log, "room", due), ms));
  }

  forget(audience: Audience): void {
    clearTimeout(this.#timers.get(audience));
    this.#timers.delete(audience);
  }

  /** Takes a step for an audience when it is its turn. */
  push(key: string, step: () => void): void {
    if (!this.#isOver) this.#turns.push(key, step);
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#turns[Symbol.dispose]();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}

let made = 0;

/**
 * Those who hear the same of a room: its people, or its lobby. What is held back for them is written at once while the room and who spoke have writes
 * left, so in a small room always. Else it is gathered: one write then brings each of them all that has come meanwhile. Each gets everything in its order.
 */
export class Audience {
  readonly #fanOut: FanOut;
  readonly #key = String(made++);
  readonly #leastMs: number;
  #due = new Set<Recipient>();
  /** Whose turn has not come in the round under way; undefined: there is none. */
  #round: Set<Recipient> | undefined;
  /** Who has spoken since it began. */
  readonly #meanwhile = new Set<string>();
  /** A step waits for its turn. */
  #isQueued = false;
  #payer = "";
  #plannedAt = Infinity;
  #beganAt = -Infinity;
  /** When the writes that it has had so far are used up. */
  #usedUntil = -Infinity;

  /** `leastMs`: from one round to the next at least. */
  constructor(fanOut: FanOut, leastMs = 0) {
    this.#fanOut = fanOut;
    this.#leastMs = leastMs;
  }

  /** Something is held back for `recipient`. */
  add(recipient: Recipient): void {
    this.#due.add(recipient);
  }

  /** What was said from `address` is complete for now, and to be written. Empty: the edge itself, or another one, has said it. */
  go(address: string): void {
    if (this.#due.size === 0) return;
    if (this.#round !== undefined) return void this.#meanwhile.add(address);
    const now = this.#fanOut.now();
    const ownAt = Math.max(this.#usedUntil - BURST_MS, this.#beganAt + this.#leastMs);
    // It goes along with what somebody else has paid for.
    if (this.#plannedAt <= Math.max(now, ownAt)) return;
    const at = Math.max(ownAt, this.#fanOut.readyAt(address));
    if (at >= this.#plannedAt) return;
    this.#fanOut.take(address, this.#due.size);
    this.#payer = address;
    if (at <= now) return this.#begin();
    this.#plannedAt = at;
    this.#fanOut.plan(this, at - now, () => this.#begin());
  }

  #begin(): void {
    this.#fanOut.forget(this);
    this.#plannedAt = Infinity;
    this.#beganAt = this.#fanOut.now();
    this.#usedUntil = Math.max(this.#usedUntil, this.#beganAt) + this.#due.size * MS_PER_WRITE;
    this.#round = this.#due;
    this.#due = new Set();
    const until = performance.now() + FIRST_PIECE_MS;
    do this.#step(); while (this.#round !== undefined && performance.now() < until);
    if (this.#round !== undefined) this.#goOn();
  }

  /** One step waits for its turn, whatever round it will belong to: a round may begin and end within the step of another. */
  #goOn(): void {
    if (this.#isQueued) return;
    this.#isQueued = true;
    this.#fanOut.push(this.#key, () => {
      this.#isQueued = false;
      if (this.#round !== undefined) this.#step();
      if (this.#round !== undefined) this.#goOn();
    });
  }

  #step(): void {
    const round = this.#round!;
    const beganAt = performance.now();
    let left = STEP;
    for (const recipient of round) {
      round.delete(recipient);
      recipient.flush();
      if (--left === 0) break;
    }
    this.#fanOut.charge(this.#payer, performance.now() - beganAt);
    if (round.size === 0) this.#end();
  }

  #end(): void {
    this.#round = undefined;
    const spoke = [...this.#meanwhile];
    this.#meanwhile.clear();
    for (const address of spoke) this.go(address);
  }
}
