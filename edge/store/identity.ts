import type { AccountId } from "@tafelrunde/protocol";
import { type Account, accountOf } from "./account.ts";
import type { Db } from "./schema.ts";

/** Precision of the time of an identity's last sign-in, ms. */
const VOUCH_MS = 3_600_000;

/** The name of a person at an OpenID provider. */
export interface ProviderIdentity {
  readonly issuer: string;
  readonly subject: string;
}

/** The account of this identity. */
export async function findAccountByIdentity(
  db: Db,
  { issuer, subject }: ProviderIdentity,
): Promise<Account | undefined> {
  const row = await db.selectFrom("identity as i").innerJoin("account as a", "a.id", "i.account_id")
    .selectAll("a").where("i.issuer", "=", issuer).where("i.subject", "=", subject).executeTakeFirst();
  return row && accountOf(row);
}

/** Whether the account already has an identity at this issuer. */
export async function hasIdentityOf(db: Db, issuer: string, accountId: AccountId): Promise<boolean> {
  return await db.selectFrom("identity").select("subject").where("account_id", "=", accountId)
    .where("issuer", "=", issuer).limit(1).executeTakeFirst() !== undefined;
}

/** Links an identity to an account; false: it is linked already. */
export async function insertIdentity(
  db: Db,
  { issuer, subject }: ProviderIdentity,
  accountId: AccountId,
  at: number,
): Promise<boolean> {
  const result = await db.insertInto("identity").values({
    issuer,
    subject,
    account_id: accountId,
    created_at: new Date(at),
    vouched_at: new Date(at),
  }).onConflict((conflict) => conflict.doNothing()).executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** Records that the provider confirmed a sign-in at `at` (ms). Writes at most once an hour. */
export async function vouchForIdentity(
  db: Db,
  { issuer, subject }: ProviderIdentity,
  at: number,
): Promise<void> {
  await db.updateTable("identity").set({ vouched_at: new Date(at) })
    .where("issuer", "=", issuer).where("subject", "=", subject)
    .where("vouched_at", "<=", new Date(at - VOUCH_MS)).execute();
}

/** The account's identities, oldest first. `createdAt`: ms. */
export async function listIdentities(
  db: Db,
  accountId: AccountId,
): Promise<(ProviderIdentity & { readonly createdAt: number })[]> {
  const rows = await db.selectFrom("identity").selectAll().where("account_id", "=", accountId)
    .orderBy("created_at").execute();
  return rows.map(({ issuer, subject, created_at }) => ({
    issuer,
    subject,
    createdAt: created_at.getTime(),
  }));
}
