import type { AccountId, TenantId } from "@tafelrunde/protocol";
import type { Db } from "./schema.ts";

/** A tenant's limits; null: unlimited. */
export interface TenantLimits {
  /** Participants in one room. */
  readonly maxParticipants: number | null;
  readonly maxRooms: number | null;
  /** Participant minutes in a calendar month (UTC). */
  readonly maxMinutes: number | null;
  readonly maxStorageBytes: number | null;
}

/** The tenant's limits. With `lock`, in a transaction, nobody else can count against them until it ends. */
export async function getLimits(db: Db, tenantId: TenantId, lock = false): Promise<TenantLimits> {
  let query = db.selectFrom("tenant").where("id", "=", tenantId)
    .select(["max_participants", "max_rooms", "max_minutes", "max_storage_bytes"]);
  if (lock) query = query.forNoKeyUpdate();
  const row = await query.executeTakeFirstOrThrow();
  return {
    maxParticipants: row.max_participants,
    maxRooms: row.max_rooms,
    maxMinutes: row.max_minutes,
    maxStorageBytes: row.max_storage_bytes === null ? null : Number(row.max_storage_bytes),
  };
}

/** Number of the tenant's rooms, at most `enough`. */
export async function countRooms(db: Db, tenantId: TenantId, enough: number): Promise<number> {
  const { count } = await db.selectFrom(
    db.selectFrom("room").select("id").where("tenant_id", "=", tenantId).limit(enough).as("some"),
  ).select((eb) => eb.fn.countAll<number | string>().as("count")).executeTakeFirstOrThrow();
  return Number(count);
}

/** Whether the account belongs to the tenant and is enabled. */
export async function isOfTenant(db: Db, tenantId: TenantId, accountId: AccountId): Promise<boolean> {
  const row = await db.selectFrom("account").select("id").where("id", "=", accountId)
    .where("tenant_id", "=", tenantId).where("disabled_at", "is", null).executeTakeFirst();
  return row !== undefined;
}
