import type { AccountId, RoomId } from "@tafelrunde/protocol";
import type { Db } from "./schema.ts";
import { sortName } from "./sort_name.ts";

/** Most favourite rooms of one account. */
export const MAX_FAVOURITES = 200;

/** A favourite room. */
export interface Favourite {
  readonly roomId: RoomId;
  readonly name: string;
}

/** Adds a favourite room; false: the limit is reached. Adding again changes nothing. */
export async function putFavourite(db: Db, accountId: AccountId, roomId: RoomId): Promise<boolean> {
  const { count } = await db.selectFrom("favourite").select((eb) => eb.fn.countAll<string>().as("count"))
    .where("account_id", "=", accountId).where("room_id", "!=", roomId).executeTakeFirstOrThrow();
  if (Number(count) >= MAX_FAVOURITES) return false;
  await db.insertInto("favourite").values({ account_id: accountId, room_id: roomId })
    .onConflict((conflict) => conflict.doNothing()).execute();
  return true;
}

/** Removes a favourite room; false: it was none. */
export async function deleteFavourite(db: Db, accountId: AccountId, roomId: RoomId): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom("favourite").where("account_id", "=", accountId)
    .where("room_id", "=", roomId).executeTakeFirst();
  return numDeletedRows > 0n;
}

/** All favourite rooms of an account, sorted by name. */
export async function readFavourites(db: Db, accountId: AccountId): Promise<Favourite[]> {
  const rows = await db.selectFrom("favourite as f").innerJoin("room as r", "r.id", "f.room_id")
    .select(["r.id", "r.name"]).where("f.account_id", "=", accountId)
    .limit(MAX_FAVOURITES).execute();
  const keyed = rows.map(({ id, name }) => ({ key: `${sortName(name)}\n${id}`, roomId: id as RoomId, name }));
  keyed.sort((a, b) => a.key < b.key ? -1 : 1);
  return keyed.map(({ roomId, name }) => ({ roomId, name }));
}
