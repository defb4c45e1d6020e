import { type AccountId, type ApiKeyId, newRowId, type TenantId } from "@tafelrunde/protocol";
import type { Scope } from "@tafelrunde/protocol/http";
import { API_KEY_PREFIX, hashSecret, newSecret } from "../identity/secret.ts";
import { insertAccount } from "./account.ts";
import { insertApiKey } from "./api_key.ts";
import type { Db } from "./schema.ts";

/** A new API key of the tenant, and the admin created for it. */
export async function makeTestKey(
  db: Db,
  tenantId: TenantId,
  scopes: readonly Scope[],
  at: number,
): Promise<{ readonly key: string; readonly id: ApiKeyId; readonly maker: AccountId }> {
  const maker = newRowId() as AccountId;
  await insertAccount(db, {
    id: maker,
    tenantId,
    name: "Kim, who makes keys",
    email: null,
    isEmailVerified: false,
    role: "admin",
    isOperator: false,
  }, at);
  const key = `${API_KEY_PREFIX}${newSecret()}`;
  const id = newRowId() as ApiKeyId;
  const hash = hashSecret(key);
  await insertApiKey(db, { id, tenantId, name: "test", hash, scopes, createdBy: maker, expiresAt: null }, at);
  return { key, id, maker };
}
