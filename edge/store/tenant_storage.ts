import type { TenantId } from "@tafelrunde/protocol";
import { type RawBuilder, sql } from "kysely";
import { ROOM_BYTES } from "./room.ts";
import type { Db } from "./schema.ts";

/** The storage used by a tenant with a limit, bytes. */
export interface StorageUse {
  readonly id: TenantId;
  readonly bytes: number;
  readonly maxBytes: number;
}

/**
 * Approximate size of the rooms and the branding of the tenant in the row `t`, bytes, from the counts in the
 * rooms' rows.
 */
export const storageOfTenant: RawBuilder<number | string> = sql<number | string>`(
  select coalesce(sum(r.logged_bytes), 0) + count(*) * ${
  sql.lit(ROOM_BYTES)
} from room r where r.tenant_id = t.id
) + pg_column_size(t.branding)`;

/** The storage used by those of these tenants that have a limit. Reads a row of each of their rooms. */
export async function readStorage(db: Db, ids: readonly TenantId[]): Promise<StorageUse[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<{ id: string; bytes: number | string; max: number | string }>`
    select t.id, ${storageOfTenant} as bytes, t.max_storage_bytes as max from tenant t
    where t.id = any(${ids}::text[]) and t.max_storage_bytes is not null`.execute(db);
  return rows.map(({ id, bytes, max }) => ({
    id: id as TenantId,
    bytes: Number(bytes),
    maxBytes: Number(max),
  }));
}
