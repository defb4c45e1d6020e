import type { RoomServices } from "../context.ts";
import type { AccountId, RoomId } from "@tafelrunde/protocol";
import type { SyncRoles } from "./sync_roles.ts";

/** Effects of a deletion on people in rooms. */
export interface Removal {
  /** Rooms that are deleted. */
  readonly rooms: readonly RoomId[];
  /** Remaining rooms, and the accounts whose role there might have changed. */
  readonly standings: readonly { readonly roomId: RoomId; readonly accounts: readonly AccountId[] }[];
}

/** Applies a committed deletion to people in rooms. */
export type TellRemoval = (removal: Removal) => Promise<void>;

/**
 * Ends meetings in deleted rooms, and updates roles in the others to the stored ones. Other edges notice
 * deleted rooms within `REPAIR_MS`.
 */
export function removalTeller({ rooms }: RoomServices, syncRoles: SyncRoles): TellRemoval {
  return async (removal) => {
    for (const id of removal.rooms) await rooms.refresh(id);
    for (const { roomId, accounts } of removal.standings) await syncRoles(roomId, accounts);
  };
}
