/**
 * How long an address can have work in progress before it waits for others, ms: about 30 browsers can join in
 * that time.
 */
export const CREDIT_MS = 300;

/** Credit that comes back per ms. Work in progress uses it up: one piece 1 per ms, two or more 2. */
export const REFILL = 1 / 2;

/**
 * Most pieces of concurrent work that count: what an address does at the same time costs others the same
 * time.
 */
export const COUNTED_AT_ONCE = 2;

/** Largest debt, ms, so that work done while the process was idle causes no long wait later. */
export const MOST_OWED_MS = CREDIT_MS;

/** How long a client counts as present after its last request, ms. */
export const COMPANY_MS = 1_000;

/** Accounts checked per account used, so that unused accounts are removed. */
const LOOKED_AT = 2;

interface Account {
  leftMs: number;
  at: number;
  underWay: number;
  cameAt: number;
}

/** A recent request. */
interface Seen {
  readonly key: string;
  readonly at: number;
}

const NOBODY: Seen = { key: "", at: -Infinity };

/**
 * Recent use of this process per key. A client that has used up its credit waits while other clients are
 * present: a limit on concurrency alone only bounds the work in progress, and one client that keeps two
 * requests running takes the whole process. A client that is alone never waits, nor does any while the
 * process has little to do. One request per second, as from health checks and watchdogs, does not count as
 * presence.
 */
export class Credits {
  readonly #now: () => number;
  readonly #isBusy: () => boolean;
  readonly #accounts = new Map<string, Account>();
  #latest = NOBODY;
  /** The latest request of any other key than `#latest`. */
  #other = NOBODY;
  #isLifted = false;

  /** `isBusy`: whether the process has so much to do that clients wait for each other. */
  constructor(now: () => number, isBusy = () => true) {
    this.#now = now;
    this.#isBusy = isBusy;
  }

  /** Number of accounts kept. */
  get size(): number {
    return this.#accounts.size;
  }

  /** From now on no client waits. */
  lift(): void {
    this.#isLifted = true;
  }

  /** Records a request of `key`. */
  came(key: string): void {
    const account = this.#settled(key);
    const { at, cameAt } = account;
    account.cameAt = at;
    if (at - cameAt < COMPANY_MS) this.#see({ key, at });
    this.#forgetOld(at);
  }

  /** Starts work for `key`; call the returned function once when it is done. */
  begin(key: string): () => void {
    this.#settled(key).underWay++;
    return () => {
      this.#settled(key).underWay--;
    };
  }

  /** Charges `key` for `ms` of work that was not announced with `begin`. */
  spend(key: string, ms: number): void {
    const account = this.#settled(key);
    account.leftMs = Math.max(-MOST_OWED_MS, account.leftMs - ms);
  }

  /** How long `key` has to wait now, ms, if it has no work in progress meanwhile; 0: no wait. */
  waitMs(key: string): number {
    const { leftMs, at } = this.#settled(key);
    if (leftMs > 0 || this.#isLifted || this.#isAlone(key, at) || !this.#isBusy()) return 0;
    return Math.ceil(-leftMs / REFILL) + 1;
  }

  #isAlone(key: string, now: number): boolean {
    const { at } = this.#latest.key === key ? this.#other : this.#latest;
    return now - at >= COMPANY_MS;
  }

  #see(seen: Seen): void {
    if (this.#latest.key !== seen.key) this.#other = this.#latest;
    this.#latest = seen;
  }

  #settled(key: string): Account {
    const now = this.#now();
    let account = this.#accounts.get(key);
    if (account === undefined) {
      account = { leftMs: CREDIT_MS, at: now, underWay: 0, cameAt: -Infinity };
      this.#accounts.set(key, account);
    }
    const change = REFILL - Math.min(account.underWay, COUNTED_AT_ONCE);
    const leftMs = account.leftMs + change * (now - account.at);
    account.leftMs = Math.max(-MOST_OWED_MS, Math.min(CREDIT_MS, leftMs));
    account.at = now;
    return account;
  }

  /** Checks the oldest accounts in turn and removes unused ones. */
  #forgetOld(now: number): void {
    let looked = 0;
    for (const [key, { underWay, leftMs, at, cameAt }] of this.#accounts) {
      if (looked++ === LOOKED_AT) return;
      const account = this.#accounts.get(key)!;
      this.#accounts.delete(key);
      const isFull = leftMs + REFILL * (now - at) >= CREDIT_MS;
      if (underWay > 0 || !isFull || now - cameAt < COMPANY_MS) this.#accounts.set(key, account);
    }
  }
}
