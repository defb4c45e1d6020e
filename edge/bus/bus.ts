import type { AccountId, EdgeId, Event, FeatureDown, RoomId, SpaceId } from "@tafelrunde/protocol";

/** A message that is shown once and not stored, and the edge that sent it. */
export interface Moment {
  readonly edgeId: EdgeId;
  readonly message: FeatureDown;
  /** The space that it is for; null: the main room; absent: everyone. */
  readonly space?: SpaceId | null;
}

/** A publication about a room's log. */
export interface Growth {
  /** The log's last seq. */
  readonly seq: number;
  /**
   * The last events, in order and without a gap; empty if they are too large for the bus, then read them from
   * the log.
   */
  readonly events: readonly Event[];
  /** Messages that are not in the log; a lost one is not repeated. */
  readonly moments?: readonly Moment[];
  /** Access to the room might have changed. If this is lost, edge/rooms/lobby_looks.ts finds out later. */
  readonly isEntryChanged?: boolean;
}

export type GrowthListener = (growth: Growth) => void;

/** Called with the accounts whose sessions have ended. */
export type SignOutListener = (accounts: readonly AccountId[]) => void;

/**
 * Tells edges that a room's log has grown. It can lose, repeat and reorder publications: an edge that finds a
 * gap reads the log, and every `REPAIR_MS` edges compare their rooms with it.
 */
export interface Bus extends AsyncDisposable {
  /** Notifies the other edges. Returns at once. */
  publish(roomId: RoomId, growth: Growth): void;
  /**
   * Calls `listener` for publications of other edges (and perhaps this one) about a room, until `signal`
   * aborts.
   */
  subscribe(roomId: RoomId, listener: GrowthListener, signal: AbortSignal): void;
  /**
   * Tells the other edges that sessions of these accounts have ended. Returns at once. If this is lost,
   * edge/identity/sign_outs.ts finds out later.
   */
  publishSignOut(accounts: readonly AccountId[]): void;
  /**
   * Calls `listener` for ended sessions that other edges (and perhaps this one) publish, until `signal`
   * aborts.
   */
  subscribeSignOuts(listener: SignOutListener, signal: AbortSignal): void;
}

/** Longest time until an event that the bus lost is found, ms. */
export const REPAIR_MS = 1_000;

/**
 * Largest publication, bytes: below PostgreSQL's limit of 8,000 for one NOTIFY. Larger ones are sent without
 * their events.
 */
export const PUBLICATION_LIMIT_BYTES = 7_500;

/** Most accounts that one publication names: each takes 19 bytes of `PUBLICATION_LIMIT_BYTES`. */
export const SIGN_OUT_LIMIT = 300;

/** Listeners by room, for buses that deliver everything to every edge. */
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

  notify(roomId: RoomId, growth: Growth): void {
    for (const listener of this.#byRoom.get(roomId) ?? []) listener(growth);
  }

  addToSignOuts(listener: SignOutListener, signal: AbortSignal): void {
    this.#toSignOuts.add(listener);
    signal.addEventListener("abort", () => this.#toSignOuts.delete(listener), { once: true });
  }

  notifySignOut(accounts: readonly AccountId[]): void {
    for (const listener of this.#toSignOuts) listener(accounts);
  }

  clear(): void {
    this.#byRoom.clear();
    this.#toSignOuts.clear();
  }
}
