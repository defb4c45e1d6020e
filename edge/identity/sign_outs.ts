import type { EdgeContext } from "../context.ts";
import type { AccountId, SessionId } from "@tafelrunde/protocol";
import { SIGN_OUT_LIMIT } from "../bus/bus.ts";
import { guarded } from "@tafelrunde/protocol/process/faults";
import { warnOf } from "../store/unavailable.ts";
import { lapseSession, readSessionWays, type SessionWays } from "../store/session.ts";
import type { Caller } from "./caller.ts";
import { MEETING_MS, wayOf } from "./session.ts";
import type { CheckedSession } from "./oidc/recheck.ts";
import { isOpen } from "./ways.ts";

/** Longest time until an ended session is noticed if the bus lost the message or its time ran out, ms. */
const REPAIR_MS = 30_000;

/** Most concurrent checks at identity providers. */
const MAX_RECHECKS = 8;

/** How long before its expiry a session of an open socket lapses, ms: longer than any edge is away. */
const LAPSE_AHEAD_MS = 15 * 60_000;

/** A signaling socket, and its caller. */
export interface CallersSocket {
  readonly caller: Caller;
  /** The caller is no longer signed in. */
  signOut(): void;
  /** Our own code failed on it. */
  fault(): void;
}

type SignOutsContext = Pick<EdgeContext, "db" | "bus" | "log" | "now"> & {
  /** Asks a session's identity provider whether the person is still allowed in, when that is due. */
  readonly recheck: (session: CheckedSession) => Promise<boolean>;
};

/**
 * Closes this edge's sockets of accounts whose session has ended: when the edge that ended it publishes that,
 * and otherwise within `REPAIR_MS`. Sockets of guests are not checked. An open socket counts as use of its
 * session: its identity provider is asked when due, even without requests. A session that expires meanwhile
 * ends no meeting.
 */
export class SignOuts implements AsyncDisposable {
  readonly #context: SignOutsContext;
  readonly #sockets: () => Iterable<CallersSocket>;
  readonly #stop = new AbortController();
  /** Accounts whose sockets are checked next; "everyone": all. */
  #due: Set<AccountId> | "everyone" = new Set();
  #looking: Promise<void> | undefined;
  #rechecking: Promise<void> | undefined;

  constructor(
    context: SignOutsContext,
    sockets: () => Iterable<CallersSocket>,
    { repairMs = REPAIR_MS } = {},
  ) {
    this.#context = context;
    this.#sockets = sockets;
    const { signal } = this.#stop;
    const { bus, log } = context;
    const look = guarded(log, "job", (accounts: readonly AccountId[] | "everyone") => this.#look(accounts));
    bus.subscribeSignOuts(look, signal);
    const timer = setInterval(() => look("everyone"), repairMs);
    signal.addEventListener("abort", () => clearInterval(timer), { once: true });
  }

  /** Publishes to all edges that sessions of these accounts have ended. Call it after the commit. */
  announce(accounts: readonly AccountId[]): void {
    if (accounts.length === 0) return;
    this.#look(accounts);
    for (let begin = 0; begin < accounts.length; begin += SIGN_OUT_LIMIT) {
      this.#context.bus.publishSignOut(accounts.slice(begin, begin + SIGN_OUT_LIMIT));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#looking;
    await this.#rechecking;
  }

  /** One check at a time: messages that arrive meanwhile are collected for the next. */
  #look(accounts: readonly AccountId[] | "everyone"): void {
    if (this.#stop.signal.aborted) return;
    if (accounts === "everyone") this.#due = accounts;
    else if (this.#due !== "everyone") { for (const account of accounts) this.#due.add(account); }
    this.#looking ??= this.#run().catch((error) => {
      warnOf(this.#context.log, "signOuts.look", error);
    }).finally(() => this.#looking = undefined);
  }

  async #run(): Promise<void> {
    const { db, log, now } = this.#context;
    while (this.#due === "everyone" || this.#due.size > 0) {
      const due = this.#due;
      this.#due = new Set();
      const socketsBySession = new Map<SessionId, CallersSocket[]>();
      for (const socket of this.#sockets()) {
        const { caller } = socket;
        if (caller.kind !== "account" || due !== "everyone" && !due.has(caller.account.id)) continue;
        const sockets = socketsBySession.get(caller.session.id) ?? [];
        socketsBySession.set(caller.session.id, [...sockets, socket]);
      }
      if (socketsBySession.size === 0) continue;
      const known = await readSessionWays(db, [...socketsBySession.keys()], now());
      const open = new Set(
        known.filter((session) => isOpen(wayOf(session), session.ways, now())).map(({ id }) => id),
      );
      this.#recheck(
        known.filter(({ id, recheckAt }) => open.has(id) && recheckAt !== null && recheckAt <= now()),
      );
      await this.#lapse(known.filter(({ id }) => open.has(id)));
      for (const [id, sockets] of socketsBySession) {
        if (open.has(id)) continue;
        for (const socket of sockets) guarded(log, "session", () => socket.signOut(), () => socket.fault())();
      }
    }
  }

  /** Sessions that expire soon lapse: they need a new sign-in, and end no meeting in progress. */
  async #lapse(sessions: readonly SessionWays[]): Promise<void> {
    const { db, now } = this.#context;
    const at = now();
    for (const { id, expiresAt, isLapsed } of sessions) {
      if (!isLapsed && expiresAt - at <= LAPSE_AHEAD_MS) await lapseSession(db, id, at, at + MEETING_MS);
    }
  }

  /** Checks all of them, several at a time; sessions that become due meanwhile wait for the next round. */
  #recheck(due: readonly CheckedSession[]): void {
    if (due.length === 0 || this.#rechecking !== undefined) return;
    const { recheck, log } = this.#context;
    const queue = [...due];
    const work = async () => {
      for (let session = queue.pop(); session !== undefined; session = queue.pop()) {
        if (this.#stop.signal.aborted) return;
        await recheck(session).catch((error) => warnOf(log, "signOuts.recheck", error));
      }
    };
    this.#rechecking = Promise.all(Array.from({ length: MAX_RECHECKS }, work)).then(() => {})
      .finally(() => this.#rechecking = undefined);
  }
}
