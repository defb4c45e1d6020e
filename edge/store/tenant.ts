import type { TenantId } from "@tafelrunde/protocol";
import type { Db } from "./schema.ts";

/** The tenant that every installation has. It is used for every host name that no other tenant has. */
export const DEFAULT_TENANT = "aaaaaaaaaaaaaaaa" as TenantId;

/** A tenant, with its own people, rooms and limits. */
export interface Tenant {
  readonly id: TenantId;
  readonly slug: string;
  readonly name: string;
  /** Its host name; null: none of its own. */
  readonly domain: string | null;
}

/** Creates the default tenant if it does not exist. */
export async function ensureDefaultTenant(db: Db, at: number): Promise<void> {
  await db.insertInto("tenant").values({
    id: DEFAULT_TENANT,
    slug: "default",
    name: "Tafelrunde",
    created_at: new Date(at),
  }).onConflict((conflict) => conflict.doNothing()).execute();
}

export async function getTenant(db: Db, id: TenantId): Promise<Tenant> {
  const row = await db.selectFrom("tenant").select(["id", "slug", "name", "domain"]).where("id", "=", id)
    .executeTakeFirstOrThrow();
  return { ...row, id: row.id as TenantId };
}

export async function findTenant(db: Db, id: TenantId): Promise<Tenant | undefined> {
  const row = await db.selectFrom("tenant").select(["id", "slug", "name", "domain"]).where("id", "=", id)
    .executeTakeFirst();
  return row && { ...row, id };
}

/** The tenant with this name in addresses and claims. */
export async function findTenantBySlug(db: Db, slug: string): Promise<Tenant | undefined> {
  const row = await db.selectFrom("tenant").select(["id", "slug", "name", "domain"]).where("slug", "=", slug)
    .executeTakeFirst();
  return row && { ...row, id: row.id as TenantId };
}

/** The tenant whose own host name is `domain` (lower-case, without port). */
export async function findTenantByDomain(db: Db, domain: string): Promise<Tenant | undefined> {
  const row = await db.selectFrom("tenant").select(["id", "slug", "name", "domain"])
    .where("domain", "=", domain).executeTakeFirst();
  return row && { ...row, id: row.id as TenantId };
}

/** The tenant for `host` (lower-case, without port); the default tenant if none has that name. */
export async function getTenantByHost(db: Db, host: string): Promise<Tenant> {
  const row = await db.selectFrom("tenant").select(["id", "slug", "name", "domain"])
    .where((eb) => eb.or([eb("domain", "=", host), eb("id", "=", DEFAULT_TENANT)]))
    .orderBy((eb) => eb("domain", "=", host), (order) => order.desc().nullsLast())
    .limit(1).executeTakeFirstOrThrow();
  return { ...row, id: row.id as TenantId };
}
