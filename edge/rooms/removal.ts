import type { AccountId, RoomId } from "@tafelrunde/protocol";
import type { Reception } from "./knock.ts";
import type { SyncRoles } from "./sync_roles.ts";

/** What a deletion means for people who are in rooms now. */
export interface Removal {
  /** Rooms that are gone with it. */
  readonly rooms: readonly RoomId[];
  /** Rooms that stay, and accounts whose role there may be another. */
  readonly standings: readonly { readonly roomId: RoomId; readonly accounts: readonly AccountId[] }[];
}

/** Tells people in rooms of a deletion that is committed. */
export type TellRemoval = (removal: Removal) => Promise<void>;

/** Ends the meeting in rooms that are gone, and makes the others agree with the roles at rest. Other edges find what is gone within `REPAIR_MS`. */
export function removalTeller({ rooms }: Reception, syncRoles: SyncRoles): TellRemoval {
  return async (removal) => {
    for (const id of removal.rooms) await rooms.refresh(id);
    for (const { roomId, accounts } of removal.standings) await syncRoles(roomId, accounts);
  };
}
