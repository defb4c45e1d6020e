import type { AccountId, Role, RoomId } from "@tafelrunde/protocol";
import type { LinkRole } from "@tafelrunde/protocol/http";
import { sql } from "kysely";
import type { Db } from "./schema.ts";

/** An account that has a role in a room. */
export interface Member {
  readonly id: AccountId;
  readonly name: string;
  readonly email: string | null;
  readonly role: LinkRole;
  /** What lists go by: the name in small letters, as the database makes them. */
  readonly sortName: string;
}

/** Where a page of members ends: name in small letters, id. */
export type MemberPosition = readonly [name: string, id: string];

/** Members of a room behind `after`, by name, at most `count`. */
export async function listMembers(
  db: Db,
  roomId: RoomId,
  { after, count }: { readonly after: MemberPosition | undefined; readonly count: number },
): Promise<Member[]> {
  let query = db.selectFrom("room_member as m").innerJoin("account as a", "a.id", "m.account_id")
    .where("m.room_id", "=", roomId).select([
      "a.id",
      "a.name",
      "a.email",
      "m.role",
      "a.sort_name as sortName",
    ])
    .orderBy("a.sort_name").orderBy("a.id").limit(count);
  if (after !== undefined) {
    query = query.where(sql<boolean>`(a.sort_name, a.id) > (${after[0]}, ${after[1]})`);
  }
  const rows = await query.execute();
  return rows.map((row) => ({ ...row, id: row.id as AccountId, role: row.role as LinkRole }));
}

/** What the account is in the room; undefined: nothing. */
export async function findMember(
  db: Db,
  roomId: RoomId,
  accountId: AccountId,
): Promise<LinkRole | undefined> {
  const row = await db.selectFrom("room_member").select("role").where("room_id", "=", roomId)
    .where("account_id", "=", accountId).executeTakeFirst();
  return row?.role as LinkRole | undefined;
}

/** How many members the room has. */
export async function countMembers(db: Db, roomId: RoomId): Promise<number> {
  const { count } = await db.selectFrom("room_member").where("room_id", "=", roomId)
    .select((eb) => eb.fn.countAll<number | string>().as("count")).executeTakeFirstOrThrow();
  return Number(count);
}

/** Gives the account a role in the room. */
export async function setMember(db: Db, roomId: RoomId, accountId: AccountId, role: LinkRole): Promise<void> {
  await db.insertInto("room_member").values({ room_id: roomId, account_id: accountId, role })
    .onConflict((conflict) => conflict.columns(["room_id", "account_id"]).doUpdateSet({ role })).execute();
}

/** Takes the account's role in the room away. Says whether it had one. */
export async function deleteMember(db: Db, roomId: RoomId, accountId: AccountId): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom("room_member").where("room_id", "=", roomId)
    .where("account_id", "=", accountId).executeTakeFirst();
  return numDeletedRows > 0n;
}

/** What those of `accounts` who own the room or are its members are there. */
export async function readStandings(
  db: Db,
  roomId: RoomId,
  accounts: readonly AccountId[],
): Promise<Map<AccountId, Role>> {
  const [members, room] = await Promise.all([
    db.selectFrom("room_member").select(["account_id", "role"]).where("room_id", "=", roomId)
      .where("account_id", "in", accounts).execute(),
    db.selectFrom("room").select("owner_id").where("id", "=", roomId).executeTakeFirst(),
  ]);
  const roles = new Map(members.map(({ account_id, role }) => [account_id as AccountId, role as Role]));
  if (room?.owner_id) roles.set(room.owner_id as AccountId, "owner");
  return roles;
}
