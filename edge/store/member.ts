import type { AccountId, Role, RoomId } from "@tafelrunde/protocol";
import type { LinkRole } from "@tafelrunde/protocol/http";
import { sql } from "kysely";
import type { Db } from "./schema.ts";

/** An account with a role in a room. */
export interface Member {
  readonly id: AccountId;
  readonly name: string;
  readonly email: string | null;
  readonly role: LinkRole;
  /** The key that lists are sorted by, as the database makes it from the name: lower-case. */
  readonly sortName: string;
}

/** The last member of a page: lower-case name, id. */
export type MemberPosition = readonly [name: string, id: string];

/** Members of a room after `after`, by name, at most `count`. */
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

/** The account's role in the room; undefined: none. */
export async function findMember(
  db: Db,
  roomId: RoomId,
  accountId: AccountId,
): Promise<LinkRole | undefined> {
  const row = await db.selectFrom("room_member").select("role").where("room_id", "=", roomId)
    .where("account_id", "=", accountId).executeTakeFirst();
  return row?.role as LinkRole | undefined;
}

/** Number of the room's members. */
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

/** Removes the account's role in the room; false: it had none. */
export async function deleteMember(db: Db, roomId: RoomId, accountId: AccountId): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom("room_member").where("room_id", "=", roomId)
    .where("account_id", "=", accountId).executeTakeFirst();
  return numDeletedRows > 0n;
}

/** The roles of those of `accounts` who own the room or are its members. */
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
