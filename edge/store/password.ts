import type { AccountId, TenantId } from "@tafelrunde/protocol";
import { type Account, accountOf } from "./account.ts";
import { type AccountWays, selectWays, waysOf } from "./account_ways.ts";
import type { Db } from "./schema.ts";

/**
 * The tenant's account with this address (lower-case), its ways, and the hash of its password; null: no
 * password.
 */
export async function findPasswordByEmail(
  db: Db,
  tenantId: TenantId,
  email: string,
): Promise<
  { readonly account: Account; readonly ways: AccountWays; readonly hash: string | null } | undefined
> {
  const row = await db.selectFrom("account as a").leftJoin("password as p", "p.account_id", "a.id")
    .selectAll("a").select(["p.hash", selectWays.as("ways")]).where("a.tenant_id", "=", tenantId).where(
      "a.email",
      "=",
      email,
    )
    .executeTakeFirst();
  return row && { account: accountOf(row), ways: waysOf(row), hash: row.hash };
}

/** When the account's password was set, ms; undefined: no password. */
export async function findPasswordChange(db: Db, accountId: AccountId): Promise<number | undefined> {
  const row = await db.selectFrom("password").select("changed_at").where("account_id", "=", accountId)
    .executeTakeFirst();
  return row?.changed_at.getTime();
}

/** Sets the password's hash. */
export async function setPassword(db: Db, accountId: AccountId, hash: string, at: number): Promise<void> {
  const changed_at = new Date(at);
  await db.insertInto("password").values({ account_id: accountId, hash, changed_at })
    .onConflict((conflict) => conflict.column("account_id").doUpdateSet({ hash, changed_at })).execute();
}

/** Replaces the hash `from` by another one of the same password. */
export async function replaceHash(db: Db, accountId: AccountId, from: string, hash: string): Promise<void> {
  await db.updateTable("password").set({ hash }).where("account_id", "=", accountId).where("hash", "=", from)
    .execute();
}

export async function deletePassword(db: Db, accountId: AccountId): Promise<void> {
  await db.deleteFrom("password").where("account_id", "=", accountId).execute();
}
