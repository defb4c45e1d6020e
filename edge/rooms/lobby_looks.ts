import { guarded, warnOf } from "../faults.ts";
import type { Log } from "../log.ts";

/** How long after a look the next one is due, ms. With the rounds that it may wait for, everybody is looked at within a minute. */
const AGAIN_MS = 30_000;

/** How soon after a look the next one begins at the earliest, whatever changes meanwhile, ms. */
const GAP_MS = 2_000;

/** How soon it is tried again after one that failed, ms. */
const RETRY_MS = 5_000;

/** How often a round begins, unless the one before is still under way, ms. */
const ROUND_MS = 1_000;

/** Looks of one round: a part of all people in front of rooms, or so many if that is more. */
const ROUND_PART = 1 / 20;
const ROUND_LEAST = 20;

/** Looks of a round that are under way at once. */
const AT_ONCE = 4;

/** When somebody in front of a room is looked at, and that it happens once at a time. */
export class LobbyLook {
  readonly #context: { readonly log: Log; readonly now: () => number };
  readonly #look: () => Promise<void>;
  #lookedAt = -Infinity;
  #againAt: number;
  #looking: Promise<void> | undefined;

  /** `look`: finds out whether they may (still) know of the room, and sends away who may not. */
  constructor(context: { readonly log: Log; readonly now: () => number }, look: () => Promise<void>) {
    this.#context = context;
    this.#look = look;
    this.#againAt = context.now() + AGAIN_MS;
  }

  /** Since when it is time, ms; undefined: it is not yet. `endsAt`: when what lets them in ends, ms; null: it does not. */
  dueSince(endsAt: number | null): number | undefined {
    const now = this.#context.now();
    if (this.#looking !== undefined || now - this.#lookedAt < GAP_MS) return undefined;
    const since = Math.min(this.#againAt, endsAt ?? Infinity);
    return since <= now ? since : undefined;
  }

  /** Something has changed that they may be here by: looks at once, or soon if that was just done. */
  soon(): void {
    const now = this.#context.now();
    if (this.#looking === undefined && now - this.#lookedAt >= GAP_MS) void this.take();
    else this.#againAt = Math.min(this.#againAt, now);
  }

  /** Looks. Never rejects: what fails is tried again. */
  take(): Promise<void> {
    const { log, now } = this.#context;
    this.#lookedAt = now();
    this.#againAt = this.#lookedAt + AGAIN_MS;
    return this.#looking ??= this.#look().catch((error) => {
      warnOf(log, "lobby.look", error);
      this.#againAt = Math.min(this.#againAt, now() + RETRY_MS);
    }).finally(() => this.#looking = undefined);
  }
}

/** A signaling socket, and its look where it is in front of a room. */
export interface LobbySocket {
  readonly lobbyLook: { readonly look: LobbyLook; readonly endsAt: number | null } | undefined;
}

/** The looks of one round: of those that are due, those that have been for longest, so that slow rounds leave nobody out. */
export function nextLooks(inFront: readonly NonNullable<LobbySocket["lobbyLook"]>[]): LobbyLook[] {
  const due = inFront.flatMap(({ look, endsAt }) => {
    const since = look.dueSince(endsAt);
    return since === undefined ? [] : [{ look, since }];
  });
  return due.sort((a, b) => a.since - b.since).slice(
    0,
    Math.max(ROUND_LEAST, Math.ceil(inFront.length * ROUND_PART)),
  )
    .map(({ look }) => look);
}

/** Looks at everybody in front of rooms again and again: what lets them in can end without a word that reaches this edge. */
export class LobbyLooks implements AsyncDisposable {
  readonly #log: Log;
  readonly #sockets: () => Iterable<LobbySocket>;
  readonly #timer: ReturnType<typeof setInterval>;
  #round: Promise<unknown> | undefined;

  constructor(log: Log, sockets: () => Iterable<LobbySocket>) {
    this.#log = log;
    this.#sockets = sockets;
    this.#timer = setInterval(guarded(log, "job", () => this.#begin()), ROUND_MS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#round;
  }

  #begin(): void {
    if (this.#round !== undefined) return;
    const due = nextLooks([...this.#sockets()].flatMap(({ lobbyLook }) => lobbyLook ?? []));
    if (due.length === 0) return;
    const work = async () => {
      for (let next = due.shift(); next !== undefined; next = due.shift()) await next.take();
    };
    this.#round = Promise.all(Array.from({ length: AT_ONCE }, work))
      .catch((error) => warnOf(this.#log, "lobby.look", error))
      .finally(() => this.#round = undefined);
  }
}
