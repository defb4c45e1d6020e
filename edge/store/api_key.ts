import type { AccountId, ApiKeyId, TenantId } from "@tafelrunde/protocol";
import type { Scope } from "@tafelrunde/protocol/http";
import { sql } from "kysely";
import { type AccountWays, selectWays, waysOf } from "./account_ways.ts";
import type { Db } from "./schema.ts";

/** An API key that has not expired. */
export interface FoundApiKey {
  readonly id: string;
  readonly tenantId: TenantId;
  readonly scopes: readonly string[];
  /** Of the account that created it; undefined: the account is deleted. */
  readonly makerWays: AccountWays | undefined;
  /** Ms since 1970; null: never. */
  readonly usedAt: number | null;
}

/** The API key whose secret has this SHA-256 (hex), unless it has expired. */
export async function findApiKeyByHash(db: Db, hash: string, now: number): Promise<FoundApiKey | undefined> {
  const row = await db.selectFrom("api_key as k").leftJoin("account as a", "a.id", "k.created_by")
    .select(["k.id", "k.tenant_id", "k.scopes", "k.used_at", "a.id as maker_id", selectWays.as("ways")])
    .where("k.hash", "=", hash)
    .where((eb) => eb.or([eb("k.expires_at", "is", null), eb("k.expires_at", ">", new Date(now))]))
    .executeTakeFirst();
  return row && {
    id: row.id,
    tenantId: row.tenant_id as TenantId,
    scopes: row.scopes,
    makerWays: row.maker_id === null ? undefined : waysOf(row),
    usedAt: row.used_at?.getTime() ?? null,
  };
}

/** Records the time of use. */
export async function touchApiKey(db: Db, id: string, at: number): Promise<void> {
  await db.updateTable("api_key").set({ used_at: new Date(at) }).where("id", "=", id).execute();
}

/** An API key as its tenant's admins see it. Instants are ms since 1970. */
export interface ApiKeyRecord {
  readonly id: ApiKeyId;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly createdBy: { readonly id: AccountId; readonly name: string } | null;
  /** Of the account that created it; undefined: the account is deleted. */
  readonly makerWays: AccountWays | undefined;
  readonly createdAt: number;
  readonly expiresAt: number | null;
  readonly usedAt: number | null;
}

/** A new API key. `hash`: SHA-256 of the whole key, hex. */
export interface NewApiKey {
  readonly id: ApiKeyId;
  readonly tenantId: TenantId;
  readonly name: string;
  readonly hash: string;
  readonly scopes: readonly Scope[];
  readonly createdBy: AccountId;
  readonly expiresAt: number | null;
}

/** The last key of a page: created at (ms), id. */
export type ApiKeyPosition = readonly [createdAt: number, id: string];

export async function insertApiKey(db: Db, key: NewApiKey, at: number): Promise<void> {
  await db.insertInto("api_key").values({
    id: key.id,
    tenant_id: key.tenantId,
    name: key.name,
    hash: key.hash,
    scopes: [...key.scopes],
    created_by: key.createdBy,
    created_at: new Date(at),
    expires_at: key.expiresAt === null ? null : new Date(key.expiresAt),
  }).execute();
}

/** The tenant's keys after `after`, newest first, at most `count`. */
export async function listApiKeys(
  db: Db,
  tenantId: TenantId,
  { after, count }: { readonly after: ApiKeyPosition | undefined; readonly count: number },
): Promise<ApiKeyRecord[]> {
  let query = db.selectFrom("api_key as k").leftJoin("account as a", "a.id", "k.created_by")
    .where("k.tenant_id", "=", tenantId)
    .select([
      "k.id",
      "k.name",
      "k.scopes",
      "k.created_by",
      "a.name as creator_name",
      "k.created_at",
      "k.expires_at",
      "k.used_at",
      selectWays.as("ways"),
    ])
    .orderBy("k.created_at", "desc").orderBy("k.id", "desc").limit(count);
  if (after !== undefined) {
    query = query.where(sql<boolean>`(k.created_at, k.id) < (${new Date(after[0])}, ${after[1]})`);
  }
  return (await query.execute()).map((row) => ({
    id: row.id as ApiKeyId,
    name: row.name,
    scopes: row.scopes as Scope[],
    createdBy: row.created_by === null
      ? null
      : { id: row.created_by as AccountId, name: row.creator_name ?? "" },
    makerWays: row.created_by === null ? undefined : waysOf(row),
    createdAt: row.created_at.getTime(),
    expiresAt: row.expires_at?.getTime() ?? null,
    usedAt: row.used_at?.getTime() ?? null,
  }));
}

/** Number of the tenant's keys, expired ones included. */
export async function countApiKeys(db: Db, tenantId: TenantId): Promise<number> {
  const { count } = await db.selectFrom("api_key").where("tenant_id", "=", tenantId)
    .select((eb) => eb.fn.countAll<number | string>().as("count")).executeTakeFirstOrThrow();
  return Number(count);
}

/** Deletes the tenant's key; false: it has no such key. */
export async function deleteApiKey(db: Db, tenantId: TenantId, id: ApiKeyId): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom("api_key").where("id", "=", id).where(
    "tenant_id",
    "=",
    tenantId,
  )
    .executeTakeFirst();
  return numDeletedRows > 0n;
}
