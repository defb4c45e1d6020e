import { guarded } from "@tafelrunde/protocol/process/faults";
import { warnOf } from "../store/unavailable.ts";
import type { Log } from "@tafelrunde/protocol/process/log";

/**
 * Time between two checks of a client, ms. Including the rounds it might wait for, every client is checked
 * within a minute.
 */
const AGAIN_MS = 30_000;

/** Shortest time between two checks of a client, whatever changes meanwhile, ms. */
const GAP_MS = 2_000;

/** Retry after a failed check, ms. */
const RETRY_MS = 5_000;

/** Time between two rounds, ms. A round is skipped while the previous one runs. */
const ROUND_MS = 1_000;

/** Checks per round: this part of all clients in lobbies, or `ROUND_LEAST` if that is more. */
const ROUND_PART = 1 / 20;
const ROUND_LEAST = 20;

/** Concurrent checks in a round. */
const AT_ONCE = 4;

/** Schedules the access checks of one client in a lobby; one check at a time. */
export class LobbyLook {
  readonly #context: { readonly log: Log; readonly now: () => number };
  readonly #look: () => Promise<void>;
  #lookedAt = -Infinity;
  #againAt: number;
  #looking: Promise<void> | undefined;

  /** `look`: checks whether the client may (still) know about the room, and sends it away if not. */
  constructor(context: { readonly log: Log; readonly now: () => number }, look: () => Promise<void>) {
    this.#context = context;
    this.#look = look;
    this.#againAt = context.now() + AGAIN_MS;
  }

  /**
   * Since when a check is due, ms; undefined: not due. `endsAt`: when the client's access expires, ms; null:
   * never.
   */
  dueSince(endsAt: number | null): number | undefined {
    const now = this.#context.now();
    if (this.#looking !== undefined || now - this.#lookedAt < GAP_MS) return undefined;
    const since = Math.min(this.#againAt, endsAt ?? Infinity);
    return since <= now ? since : undefined;
  }

  /** The client's access might have changed: checks now, or soon if a check was just made. */
  soon(): void {
    const now = this.#context.now();
    if (this.#looking === undefined && now - this.#lookedAt >= GAP_MS) void this.take();
    else this.#againAt = Math.min(this.#againAt, now);
  }

  /** Checks now. Never rejects: a failed check is retried. */
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

/** A signaling socket, with its check if the client is in a lobby. */
export interface LobbySocket {
  readonly lobbyLook: { readonly look: LobbyLook; readonly endsAt: number | null } | undefined;
}

/** The checks of one round: of those due, the longest due first, so slow rounds leave nobody out. */
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

/**
 * Checks all clients in lobbies periodically: their access can end without an event that reaches this edge.
 */
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
