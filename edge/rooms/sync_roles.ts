import { type AccountId, isRefusal, type Role, type RoomId } from "@tafelrunde/protocol";
import { readStandings } from "../store/member.ts";
import type { Reception } from "./knock.ts";

/**
 * Tells the people of these accounts who are in the room now what they are there, and has those looked at who are in front of it. Called after every
 * change of who owns a room, has a role in it or is invited to it.
 */
export type SyncRoles = (id: RoomId, accounts: readonly AccountId[]) => Promise<void>;

/** Makes the meeting agree with the roles at rest. The last word counts: it also takes the place of what a moderator made of somebody before. */
export function roleSyncer({ rooms, identity, context: { db } }: Reception): SyncRoles {
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
