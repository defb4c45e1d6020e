import type { TenantId } from "@tafelrunde/protocol";
import { Branding, type TenantQuota, type TenantUsage } from "@tafelrunde/protocol/http";
import { type Selectable, sql } from "kysely";
import * as v from "valibot";
import type { Db, Schema } from "./schema.ts";
import { storageOfTenant } from "./tenant_storage.ts";

/** A tenant as its admins and operators see it. Instants are ms since 1970. */
export interface TenantRecord {
  readonly id: TenantId;
  readonly slug: string;
  readonly name: string;
  readonly domain: string | null;
  readonly branding: Branding;
  readonly quota: TenantQuota;
  readonly version: number;
  readonly createdAt: number;
}

/** A change of a tenant, or a new tenant; undefined keeps the value, or means the default. */
export interface TenantChange {
  readonly slug?: string | undefined;
  readonly name?: string | undefined;
  readonly domain?: string | null | undefined;
  /** Unnamed parts stay. */
  readonly branding?: Partial<{ [Part in keyof Branding]: Branding[Part] | undefined }> | undefined;
  readonly quota?: Partial<{ [Limit in keyof TenantQuota]: TenantQuota[Limit] | undefined }> | undefined;
}

/** The last tenant of a page: created at (ms), id. */
export type TenantPosition = readonly [createdAt: number, id: string];

export async function insertTenant(
  db: Db,
  tenant: TenantChange & { readonly id: TenantId; readonly slug: string; readonly name: string },
  at: number,
): Promise<void> {
  const { id, slug, name } = tenant;
  await db.insertInto("tenant").values({ ...columnsOf(tenant), id, slug, name, created_at: new Date(at) })
    .execute();
}

export async function findTenantRecord(db: Db, id: TenantId): Promise<TenantRecord | undefined> {
  const row = await db.selectFrom("tenant").selectAll().where("id", "=", id).executeTakeFirst();
  return row && recordOf(row);
}

/** Tenants after `after`, newest first, at most `count`. */
export async function listTenants(
  db: Db,
  { after, count }: { readonly after: TenantPosition | undefined; readonly count: number },
): Promise<TenantRecord[]> {
  let query = db.selectFrom("tenant").selectAll().orderBy("created_at", "desc").orderBy("id", "desc").limit(
    count,
  );
  if (after !== undefined) {
    query = query.where(sql<boolean>`(created_at, id) < (${new Date(after[0])}, ${after[1]})`);
  }
  return (await query.execute()).map(recordOf);
}

/** Changes the tenant if its version is `version` (undefined: any). Undefined: it had another. */
export async function updateTenant(
  db: Db,
  id: TenantId,
  version: number | undefined,
  change: TenantChange,
): Promise<TenantRecord | undefined> {
  let query = db.updateTable("tenant").where("id", "=", id)
    .set((eb) => ({
      ...columnsOf(change),
      ...change.branding !== undefined &&
        { branding: sql<string>`${eb.ref("branding")} || ${JSON.stringify(change.branding)}::jsonb` },
      version: eb("version", "+", 1),
    }));
  if (version !== undefined) query = query.where("version", "=", version);
  const row = await query.returningAll().executeTakeFirst();
  return row && recordOf(row);
}

/**
 * Deletes the tenant with everything that belongs to it if its version is `version` (undefined: any); false:
 * it is not.
 */
export async function deleteTenant(db: Db, id: TenantId, version: number | undefined): Promise<boolean> {
  let query = db.deleteFrom("tenant").where("id", "=", id);
  if (version !== undefined) query = query.where("version", "=", version);
  return (await query.executeTakeFirst()).numDeletedRows > 0n;
}

/**
 * The tenant's current usage. Reads a row per room and person, so do not call it for every request. `month`:
 * its first day, "2026-11-01".
 */
export async function readUsage(db: Db, id: TenantId, month: string): Promise<TenantUsage> {
  const { rows: [row] } = await sql<Record<keyof TenantUsage, number | string | null>>`
    select (select count(*) from room where tenant_id = ${id}) as rooms,
      (select count(*) from account where tenant_id = ${id}) as people,
      (select minutes from tenant_usage where tenant_id = ${id} and month = ${month}::date) as minutes,
      (select ${storageOfTenant} from tenant t where t.id = ${id}) as "storageBytes"`.execute(db);
  const { rooms, people, minutes, storageBytes } = row!;
  return {
    rooms: Number(rooms),
    people: Number(people),
    minutes: Number(minutes),
    storageBytes: Number(storageBytes),
  };
}

function columnsOf({ slug, name, domain, quota = {} }: TenantChange) {
  const { maxParticipants, maxRooms, maxMinutes, maxStorageBytes } = quota;
  return {
    ...slug !== undefined && { slug },
    ...name !== undefined && { name },
    ...domain !== undefined && { domain },
    ...maxParticipants !== undefined && { max_participants: maxParticipants },
    ...maxRooms !== undefined && { max_rooms: maxRooms },
    ...maxMinutes !== undefined && { max_minutes: maxMinutes },
    ...maxStorageBytes !== undefined && { max_storage_bytes: maxStorageBytes },
  };
}

function recordOf(row: Selectable<Schema["tenant"]>): TenantRecord {
  const branding = v.safeParse(Branding, row.branding);
  return {
    id: row.id as TenantId,
    slug: row.slug,
    name: row.name,
    domain: row.domain,
    branding: branding.success ? branding.output : v.parse(Branding, {}),
    quota: {
      maxParticipants: row.max_participants,
      maxRooms: row.max_rooms,
      maxMinutes: row.max_minutes,
      maxStorageBytes: row.max_storage_bytes === null ? null : Number(row.max_storage_bytes),
    },
    version: row.version,
    createdAt: row.created_at.getTime(),
  };
}
