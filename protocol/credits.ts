/** How long an address may have something under way before it waits for others, ms: some 30 browsers come in meanwhile. */
export const CREDIT_MS = 300;

/** How much of that comes back in a ms. What is under way takes it: 1 in a ms, two things or more 2. */
export const REFILL = 1 / 2;

/** Of what is under way at once so much counts: what an address does at the same time costs others the same time. */
export const COUNTED_AT_ONCE = 2;

/** What nobody owes more than, ms: what was spent while the process had little to do keeps nobody waiting for long later. */
export const MOST_OWED_MS = CREDIT_MS;

/** How long somebody is there after they last asked, ms. */
export const COMPANY_MS = 1_000;

/** Accounts that are looked at for each one that is used, so that none stays that nobody needs. */
const LOOKED_AT = 2;

interface Account {
  leftMs: number;
  at: number;
  underWay: number;
  cameAt: number;
}

/** Who was there last. */
interface Seen {
  readonly key: string;
  readonly at: number;
}

const NOBODY: Seen = { key: "", at: -Infinity };

/**
 * Who has used how much of this process lately. Who has spent what they have waits while somebody else is there: places alone bound
 * what is under way at once, and two things after two others without a pause are all of a process. Who is alone never waits, nor does anybody while
 * the process has little to do. Once in a second, as health checks and watchdogs ask, is nobody who could notice.
 */
export class Credits {
  readonly #now: () => number;
  readonly #isBusy: () => boolean;
  readonly #accounts = new Map<string, Account>();
  #latest = NOBODY;
  /** The latest but for those of the same key. */
  #other = NOBODY;
  #isLifted = false;

  /** `isBusy`: whether the process has so much to do that somebody waits for others. */
  constructor(now: () => number, isBusy = () => true) {
    this.#now = now;
    this.#isBusy = isBusy;
  }

  /** Accounts that are kept. */
  get size(): number {
    return this.#accounts.size;
  }

  /** From now on nobody waits. */
  lift(): void {
    this.#isLifted = true;
  }

  /** `key` asks for something. */
  came(key: string): void {
    const account = this.#settled(key);
    const { at, cameAt } = account;
    account.cameAt = at;
    if (at - cameAt < COMPANY_MS) this.#see({ key, at });
    this.#forgetOld(at);
  }

  /** Something begins for `key`; the function, to be called once, ends it. */
  begin(key: string): () => void {
    this.#settled(key).underWay++;
    return () => {
      this.#settled(key).underWay--;
    };
  }

  /** Something was done for `key` that nobody began for it; it took `ms`. */
  spend(key: string, ms: number): void {
    const account = this.#settled(key);
    account.leftMs = Math.max(-MOST_OWED_MS, account.leftMs - ms);
  }

  /** How long `key` has to wait now, ms, if it has nothing under way meanwhile; 0: not at all. */
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

  /** Looks at the oldest accounts in turn. */
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
