import type { AccountId, DownOf, EdgeId, Event, RoomId } from "@tafelrunde/protocol";

/** What is shown for a moment and not stored, and the edge where it was said. */
export interface Moment {
  readonly edgeId: EdgeId;
  readonly message: DownOf<"reaction">;
}

/** What edges tell each other of a room's log. */
export interface Growth {
  /** The log now ends here. */
  readonly seq: number;
  /** Its last events, in order and without a gap; none where they are too large for the bus: then the log has them. */
  readonly events: readonly Event[];
  /** What the log does not hold; nobody asks for it again. */
  readonly moments?: readonly Moment[];
  /** Who may come into the room may be others than before. What is lost of this is found by edge/rooms/lobby_looks.ts. */
  readonly isEntryChanged?: boolean;
}

export type GrowthListener = (growth: Growth) => void;

/** Told whose sessions have ended. */
export type SignOutListener = (accounts: readonly AccountId[]) => void;

/**
 * Tells edges that a room's log has grown. It may lose, repeat and reorder: who hears of an event it has not seen reads the log, and
 * rooms are compared with the log each `REPAIR_MS` besides.
 */
export interface Bus extends AsyncDisposable {
  /** Tells the other edges. Returns at once. */
  publish(roomId: RoomId, growth: Growth): void;
  /** Calls `listener` with what others (and perhaps this edge) publish of a room, until `signal` aborts. */
  subscribe(roomId: RoomId, listener: GrowthListener, signal: AbortSignal): void;
  /** Tells the other edges that sessions of these accounts have ended. Returns at once. What is lost is found by edge/identity/sign_outs.ts. */
  publishSignOut(accounts: readonly AccountId[]): void;
  /** Calls `listener` with what others (and perhaps this edge) publish of sessions that have ended, until `signal` aborts. */
  subscribeSignOuts(listener: SignOutListener, signal: AbortSignal): void;
}

/** How long an event that the bus lost stays unseen at most, ms. */
export const REPAIR_MS = 1_000;

/** Largest publication, bytes: below PostgreSQL's 8,000 for one NOTIFY. Larger ones go by reference: without their events. */
export const PUBLICATION_LIMIT_BYTES = 7_500;

/** Most accounts that one publication names: each takes 19 bytes of `PUBLICATION_LIMIT_BYTES`. */
export const SIGN_OUT_LIMIT = 300;

/** Who listens to what; for buses that bring everything to every edge. */
export class Listeners {
  readonly #byRoom = new Map<RoomId, Set<GrowthListener>>();
  readonly #toSignOuts = new Set<SignOutListener>();

  add(roomId: RoomId, listener: GrowthListener, signal: AbortSignal): void {
    const listeners = this.#byRoom.get(roomId) ?? new Set();
    this.#byRoom.set(roomId, listeners);
    listeners.add(listener);
    signal.addEventListener("abort", () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#byRoom.get(roomId) === listeners) this.#byRoom.delete(roomId);
    }, { once: true });
  }

  tell(roomId: RoomId, growth: Growth): void {
    for (const listener of this.#byRoom.get(roomId) ?? []) listener(growth);
  }

  addToSignOuts(listener: SignOutListener, signal: AbortSignal): void {
    this.#toSignOuts.add(listener);
    signal.addEventListener("abort", () => this.#toSignOuts.delete(listener), { once: true });
  }

  tellSignOut(accounts: readonly AccountId[]): void {
    for (const listener of this.#toSignOuts) listener(accounts);
  }

  clear(): void {
    this.#byRoom.clear();
    this.#toSignOuts.clear();
  }
}
