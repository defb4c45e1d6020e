import type { AccountId, TenantId } from "@tafelrunde/protocol";
import type { Db } from "./schema.ts";

/**
 * The purpose of something that can be used once, or has been used. `firstAdmin`, `invite`, `resetPassword`,
 * `changeEmail`: links. `passkey`: a challenge for an authenticator to sign. `logoutToken`: a provider's
 * token that has been used up.
 */
export type OneTimePurpose =
  | "firstAdmin"
  | "invite"
  | "resetPassword"
  | "changeEmail"
  | "passkey"
  | "logoutToken";

/** A one-time secret. `hash`: SHA-256 of its secret, hex. Instants are ms. */
export interface OneTimeSecret {
  readonly hash: string;
  readonly purpose: OneTimePurpose;
  readonly tenantId: TenantId | null;
  readonly accountId: AccountId | null;
  /**
   * The address that the link was mailed to; with `changeEmail`, the account's new address; null: it was not
   * mailed.
   */
  readonly email?: string | null;
  readonly expiresAt: number;
}

/** Stores a one-time secret; false: the hash exists already. */
export async function insertOneTimeSecret(db: Db, secret: OneTimeSecret): Promise<boolean> {
  const result = await db.insertInto("one_time_secret").values({
    hash: secret.hash,
    purpose: secret.purpose,
    tenant_id: secret.tenantId,
    account_id: secret.accountId,
    email: secret.email ?? null,
    expires_at: new Date(secret.expiresAt),
  }).onConflict((conflict) => conflict.doNothing()).executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** The one-time secret with this hash, unless it has expired. It stays valid. */
export async function findOneTimeSecret(
  db: Db,
  hash: string,
  now: number,
): Promise<OneTimeSecret | undefined> {
  const row = await db.selectFrom("one_time_secret").selectAll().where("hash", "=", hash)
    .where("expires_at", ">", new Date(now)).executeTakeFirst();
  return row && {
    hash: row.hash,
    purpose: row.purpose as OneTimePurpose,
    tenantId: row.tenant_id as TenantId | null,
    accountId: row.account_id as AccountId | null,
    email: row.email,
    expiresAt: row.expires_at.getTime(),
  };
}

/** Uses a one-time secret up; false: it was invalid. */
export async function spendOneTimeSecret(
  db: Db,
  hash: string,
  purpose: OneTimePurpose,
  now: number,
): Promise<boolean> {
  const result = await db.deleteFrom("one_time_secret").where("hash", "=", hash).where(
    "purpose",
    "=",
    purpose,
  )
    .where("expires_at", ">", new Date(now)).executeTakeFirst();
  return result.numDeletedRows > 0n;
}

/** Deletes all one-time secrets of an account with one purpose; null: those without an account. */
export async function deleteOneTimeSecrets(
  db: Db,
  purpose: OneTimePurpose,
  accountId: AccountId | null,
): Promise<void> {
  await db.deleteFrom("one_time_secret").where("purpose", "=", purpose)
    .where("account_id", "is not distinct from", accountId).execute();
}
