import type { TenantId } from "@tafelrunde/protocol";
import type { Db } from "./schema.ts";

/** An API key that is good now. */
export interface FoundApiKey {
  readonly id: string;
  readonly tenantId: TenantId;
  readonly scopes: readonly string[];
  /** Ms since 1970; null: never. */
  readonly usedAt: number | null;
}

/** The API key whose secret has this SHA-256 (hex), unless its term has passed. */
export async function findApiKeyByHash(db: Db, hash: string, now: number): Promise<FoundApiKey | undefined> {
  const row = await db.selectFrom("api_key").select(["id", "tenant_id", "scopes", "used_at"])
    .where("hash", "=", hash)
    .where((eb) => eb.or([eb("expires_at", "is", null), eb("expires_at", ">", new Date(now))]))
    .executeTakeFirst();
  return row && {
    id: row.id,
    tenantId: row.tenant_id as TenantId,
    scopes: row.scopes,
    usedAt: row.used_at?.getTime() ?? null,
  };
}

/** Notes that the key was used. */
export async function touchApiKey(db: Db, id: string, at: number): Promise<void> {
  await db.updateTable("api_key").set({ used_at: new Date(at) }).where("id", "=", id).execute();
}
