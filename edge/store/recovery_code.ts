import type { AccountId } from "@tafelrunde/protocol";
import type { Db } from "./schema.ts";
import { inTransaction } from "./transaction.ts";

/** Replaces all recovery codes of an account by these hashes. */
export async function replaceRecoveryCodes(
  db: Db,
  accountId: AccountId,
  hashes: readonly string[],
): Promise<void> {
  await inTransaction(db, async (trx) => {
    // Of two concurrent requests, all codes of the later one are valid.
    await trx.selectFrom("account").select("id").where("id", "=", accountId).forNoKeyUpdate().execute();
    await trx.deleteFrom("recovery_code").where("account_id", "=", accountId).execute();
    await trx.insertInto("recovery_code").values(hashes.map((hash) => ({ account_id: accountId, hash })))
      .execute();
  });
}

export async function deleteRecoveryCodes(db: Db, accountId: AccountId): Promise<void> {
  await db.deleteFrom("recovery_code").where("account_id", "=", accountId).execute();
}

/** Uses a code up; false: it was invalid. */
export async function useRecoveryCode(
  db: Db,
  accountId: AccountId,
  hash: string,
  at: number,
): Promise<boolean> {
  const result = await db.updateTable("recovery_code").set({ used_at: new Date(at) })
    .where("account_id", "=", accountId).where("hash", "=", hash).where("used_at", "is", null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Number of codes that the account has left. */
export async function countRecoveryCodes(db: Db, accountId: AccountId): Promise<number> {
  const { count } = await db.selectFrom("recovery_code").select((eb) => eb.fn.countAll<string>().as("count"))
    .where("account_id", "=", accountId).where("used_at", "is", null).executeTakeFirstOrThrow();
  return Number(count);
}
