import { FairTurns } from "../fair_turns.ts";
import { guarded } from "@tafelrunde/protocol/process/faults";
import type { Log } from "@tafelrunde/protocol/process/log";

/**
 * Limits on broadcast socket writes, per room and per address over all rooms: at once, and per second. A
 * write takes 10 to 20 µs whatever its size, so a room or an address gets about a sixth of the thread.
 */
export const WRITES = { burst: 1_000, perSecond: 10_000 };

/** Longest time a broadcast waits for its address's limit, ms. */
const LONGEST_WAIT_MS = 1_000;

/** Socket writes per step. */
export const STEP = 16;

/**
 * Longest run of a round's first steps before other messages are processed, ms, so a room of a hundred is
 * written in one go. With 1 ms the last of a room of 50 waited 0.25 ms longer. Source: bench:edge, fan-out,
 * 2026-11-30.
 */
const FIRST_PIECE_MS = 2;

const MS_PER_WRITE = 1_000 / WRITES.perSecond;
const BURST_MS = WRITES.burst * MS_PER_WRITE;

/** A socket with queued frames. */
export interface Recipient {
  /** Writes the queued frames. Never throws. */
  flush(): void;
}

export interface FanOutOptions {
  readonly log: Log;
  /** Reports that work for `address` took `ms`. */
  readonly charge?: (address: string, ms: number) => void;
  /** Clock, ms. */
  readonly now?: () => number;
}

/** Writes broadcasts for all rooms of an edge: round robin between rooms, and limited per address. */
export class FanOut implements Disposable {
  readonly #turns: FairTurns;
  readonly #log: Log;
  readonly #charge: (address: string, ms: number) => void;
  readonly #timers = new Map<Audience, ReturnType<typeof setTimeout>>();
  /** By address, the time at which its writes so far are paid off; the most recent is last. */
  readonly #usedUntil = new Map<string, number>();
  readonly now: () => number;
  #isOver = false;

  constructor({ log, charge = () => {}, now = () => performance.now() }: FanOutOptions) {
    this.#turns = new FairTurns(log);
    this.#log = log;
    this.#charge = charge;
    this.now = now;
  }

  /** Number of addresses whose writes are not paid off yet. */
  get addresses(): number {
    return this.#usedUntil.size;
  }

  /** Charges `ms` of work to `address`; empty: the edge itself. */
  charge(address: string, ms: number): void {
    if (address !== "") this.#charge(address, ms);
  }

  /** The time at which `address` may write. */
  readyAt(address: string): number {
    return (this.#usedUntil.get(address) ?? -Infinity) - BURST_MS;
  }

  /** Charges `writes` to `address`. */
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

  /** Calls an audience's `write` after `ms`, replacing an earlier plan. */
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

  /** Queues a step for an audience. */
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

/** Recipients who are written to in turn. */
interface Round {
  readonly recipients: Iterator<Recipient, undefined>;
  /** How many of them are still to be written to. */
  left: number;
}

/**
 * Recipients of the same broadcasts in a room: its participants, or its lobby. While the room and the sender
 * have writes left (in a small room, always), frames are written at once. Otherwise they are gathered: one
 * write then brings each recipient everything queued. Each recipient gets its frames in order.
 */
export class Audience {
  readonly #fanOut: FanOut;
  readonly #key = String(made++);
  readonly #leastMs: number;
  #due = new Set<Recipient>();
  /** The current round; undefined: none. */
  #round: Round | undefined;
  /** Addresses that sent something since the round began. */
  readonly #meanwhile = new Set<string>();
  /** A step is queued. */
  #isQueued = false;
  #payer = "";
  #plannedAt = Infinity;
  #beganAt = -Infinity;
  /** The time at which the audience's writes so far are paid off. */
  #usedUntil = -Infinity;

  /** `leastMs`: shortest time between the starts of two rounds, ms. */
  constructor(fanOut: FanOut, leastMs = 0) {
    this.#fanOut = fanOut;
    this.#leastMs = leastMs;
  }

  /** Marks `recipient` as having queued frames. */
  add(recipient: Recipient): void {
    this.#due.add(recipient);
  }

  /**
   * Schedules a write of everything queued, on behalf of `address`. Empty: this edge itself, or another edge,
   * sent it.
   */
  go(address: string): void {
    if (this.#due.size === 0) return;
    if (this.#round !== undefined) return void this.#meanwhile.add(address);
    const now = this.#fanOut.now();
    const ownAt = Math.max(this.#usedUntil - BURST_MS, this.#beganAt + this.#leastMs);
    // Another address has already paid for an earlier write.
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
    this.#round = { recipients: this.#due.values(), left: this.#due.size };
    this.#due = new Set();
    const beganAt = performance.now();
    let now = beganAt;
    do {
      this.#step();
      now = performance.now();
    } while (this.#round.left > 0 && now - beganAt < FIRST_PIECE_MS);
    this.#fanOut.charge(this.#payer, now - beganAt);
    if (this.#round.left > 0) this.#goOn();
    else this.#end();
  }

  /** Queues one step, whichever round it will belong to: a round can begin and end within another's step. */
  #goOn(): void {
    if (this.#isQueued) return;
    this.#isQueued = true;
    this.#fanOut.push(this.#key, () => {
      this.#isQueued = false;
      if (this.#round === undefined) return;
      const beganAt = performance.now();
      this.#step();
      this.#fanOut.charge(this.#payer, performance.now() - beganAt);
      if (this.#round.left > 0) this.#goOn();
      else this.#end();
    });
  }

  /** Writes to the next recipients of the round. */
  #step(): void {
    const round = this.#round!;
    for (let step = Math.min(STEP, round.left); step > 0; step--) {
      round.left--;
      round.recipients.next().value!.flush();
    }
  }

  #end(): void {
    this.#round = undefined;
    const spoke = [...this.#meanwhile];
    this.#meanwhile.clear();
    for (const address of spoke) this.go(address);
  }
}
