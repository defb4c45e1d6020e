import type { RoomId } from "@tafelrunde/protocol";

/**
 * Tells edges that a room's log has grown. It may lose, repeat and reorder: who hears of an event it has not seen reads the log, and
 * rooms are compared with the log each `REPAIR_MS` besides.
 */
export interface Bus extends AsyncDisposable {
  /** The log of `roomId` now ends at `seq`. Returns at once. */
  publish(roomId: RoomId, seq: number): void;
  /** Calls `listener` for what others (and perhaps this edge) published, until `signal` aborts. */
  subscribe(listener: (roomId: RoomId, seq: number) => void, signal: AbortSignal): void;
}

/** How long an event that the bus lost stays unseen at most, ms. */
export const REPAIR_MS = 1_000;
