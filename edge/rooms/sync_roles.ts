import type { RoomServices } from "../context.ts";
import { type AccountId, isRefusal, type Role, type RoomId } from "@tafelrunde/protocol";
import { readStandings } from "../store/member.ts";

/**
 * Updates the roles of these accounts' participants, and checks the clients in the lobby. Call it after every
 * change of who owns a room, has a role in it or is invited to it.
 */
export type SyncRoles = (id: RoomId, accounts: readonly AccountId[]) => Promise<void>;

/**
 * Applies stored roles to the meeting. The last change wins, also over a role that a moderator gave before.
 */
export function roleSyncer({ rooms, ids: identity, db }: RoomServices): SyncRoles {
  return async (id, accounts) => {
    rooms.entryChanged(id);
    if (accounts.length === 0) return;
    const open = await rooms.open(id);
    if (open === undefined || Object.keys(open.room.state.participants).length === 0) return;
    const roles = await readStandings(db, id, accounts);
    await Promise.all(accounts.map(async (account) => {
      const person = identity.person("account", account, id);
      const role: Role = roles.get(account) ?? "participant";
      const outcome = await open.room.submit({ type: "role.sync", person, role });
      if (isRefusal(outcome)) throw new Error(`role.sync: ${outcome.refused}`);
    }));
  };
}
