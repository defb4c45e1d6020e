import type { AccountId } from "@tafelrunde/protocol";
import { DomainError } from "../errors.ts";
import { type Account, lockAccount } from "../store/account.ts";
import { findAccountWays } from "../store/account_ways.ts";
import { deletePasskeys } from "../store/passkey.ts";
import { deletePassword, setPassword } from "../store/password.ts";
import { deleteRecoveryCodes } from "../store/recovery_code.ts";
import type { Db } from "../store/schema.ts";
import { deleteOwnSessions, deleteSessionsOf, type StoredSession } from "../store/session.ts";
import { deleteOneTimeSecrets } from "../store/one_time_secret.ts";
import { inTransaction } from "../store/transaction.ts";
import type { IdentityContext } from "../context.ts";
import { hashNewPassword } from "./password/password.ts";
import { makeRecoveryCodes } from "./recovery_code.ts";
import { isOpenFor } from "./ways.ts";

/**
 * Throws 409 `account.federated` if the account signs in only through an identity provider: a sign-in method
 * of its own would outlast the provider's decision.
 */
export async function requireOwnWays(db: Db, accountId: AccountId, now: number): Promise<void> {
  if (await isOpenFor(db, "addWay", accountId, now)) return;
  throw new DomainError("account.federated");
}

/**
 * Sets the account's password and ends all its sessions but this one. Throws 409 `account.federated`, 422
 * `password.common`.
 */
export async function changePassword(
  context: IdentityContext,
  { account, id }: Pick<StoredSession, "account" | "id">,
  password: string,
): Promise<void> {
  const { db, now } = context;
  await requireOwnWays(db, account.id, now());
  const hash = await hashNewPassword(context, password, [account.name, account.email], account.id);
  await inTransaction(db, async (trx) => {
    await lockAccount(trx, account.id);
    await requireOwnWays(trx, account.id, now());
    await setPassword(trx, account.id, hash, now());
    await deleteSessionsOf(trx, account.id, id);
  });
  context.signOuts.announce([account.id]);
}

/** Creates recovery codes for the account and invalidates earlier ones. Throws 409 `account.federated`. */
export async function changeRecoveryCodes({ db, now }: IdentityContext, { id }: Account): Promise<string[]> {
  return await inTransaction(db, async (trx) => {
    await lockAccount(trx, id);
    await requireOwnWays(trx, id, now());
    return await makeRecoveryCodes(trx, id);
  });
}

/**
 * Removes one of the account's own sign-in methods: `remove`, in a transaction. If this leaves an identity
 * provider as the only one, everything else of the account's own goes too: recovery codes, links, and
 * sessions that were not begun at the provider. Throws 409 `account.lastMethod`.
 */
export async function removeWay(
  context: IdentityContext,
  accountId: AccountId,
  remove: (trx: Db) => Promise<void>,
): Promise<void> {
  await inTransaction(context.db, async (trx) => {
    await lockAccount(trx, accountId);
    await remove(trx);
    const ways = await findAccountWays(trx, accountId);
    if (ways === undefined || ways.hasPassword || ways.hasPasskey) return;
    if (!ways.hasIdentity) {
      throw new DomainError("account.lastMethod");
    }
    await dropOwnWays(trx, accountId);
  });
  context.signOuts.announce([accountId]);
}

/**
 * Removes everything that gives access to the account without its identity provider. Sessions begun at the
 * provider stay. Part of the transaction `trx`.
 */
export async function dropOwnWays(trx: Db, accountId: AccountId): Promise<void> {
  await deletePassword(trx, accountId);
  await deletePasskeys(trx, accountId);
  await deleteRecoveryCodes(trx, accountId);
  for (const purpose of ["invite", "resetPassword", "changeEmail"] as const) {
    await deleteOneTimeSecrets(trx, purpose, accountId);
  }
  await deleteOwnSessions(trx, accountId);
}
