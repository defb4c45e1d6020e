import type { AccountId } from "@tafelrunde/protocol";
import { ProblemError } from "../http/problem.ts";
import { type Account, lockAccount } from "../store/account.ts";
import { findAccountWays } from "../store/account_ways.ts";
import { deletePasskeys } from "../store/passkey.ts";
import { deletePassword, setPassword } from "../store/password.ts";
import { deleteRecoveryCodes } from "../store/recovery_code.ts";
import type { Db } from "../store/schema.ts";
import { deleteOwnSessions, deleteSessionsOf, type StoredSession } from "../store/session.ts";
import { deleteTickets } from "../store/ticket.ts";
import { inTransaction } from "../store/transaction.ts";
import type { Desk } from "./desk.ts";
import { hashNewPassword } from "./password/password.ts";
import { makeRecoveryCodes } from "./recovery_code.ts";
import { isOpenFor } from "./ways.ts";

/** Throws 409 `account.federated` for somebody whom an identity provider alone lets in: a way of their own would outlast its word. */
export async function requireOwnWays(db: Db, accountId: AccountId, now: number): Promise<void> {
  if (await isOpenFor(db, "addWay", accountId, now)) return;
  throw new ProblemError(
    409,
    "account.federated",
    "An identity provider manages how this account signs in.",
  );
}

/** Sets the person's password, which ends all their sessions but this one. Throws 409 `account.federated`, 422 `password.common`. */
export async function changePassword(
  desk: Desk,
  { account, id }: Pick<StoredSession, "account" | "id">,
  password: string,
): Promise<void> {
  const { db, now } = desk;
  await requireOwnWays(db, account.id, now());
  const hash = await hashNewPassword(desk, password, [account.name, account.email], account.id);
  await inTransaction(db, async (trx) => {
    await lockAccount(trx, account.id);
    await requireOwnWays(trx, account.id, now());
    await setPassword(trx, account.id, hash, now());
    await deleteSessionsOf(trx, account.id, id);
  });
  desk.signOuts.tell([account.id]);
}

/** New recovery codes for the account; those before are good no more. Throws 409 `account.federated`. */
export async function changeRecoveryCodes({ db, now }: Desk, { id }: Account): Promise<string[]> {
  return await inTransaction(db, async (trx) => {
    await lockAccount(trx, id);
    await requireOwnWays(trx, id, now());
    return await makeRecoveryCodes(trx, id);
  });
}

/**
 * Takes one of the person's own ways to sign in away: `remove`, in a transaction. If an identity provider alone lets them in then, what else is their own
 * goes with it: recovery codes, links, and the sessions that were not begun at the provider. Throws 409 `account.lastMethod`.
 */
export async function removeWay(
  desk: Desk,
  accountId: AccountId,
  remove: (trx: Db) => Promise<void>,
): Promise<void> {
  await inTransaction(desk.db, async (trx) => {
    await lockAccount(trx, accountId);
    await remove(trx);
    const ways = await findAccountWays(trx, accountId);
    if (ways === undefined || ways.hasPassword || ways.hasPasskey) return;
    if (!ways.hasIdentity) {
      throw new ProblemError(409, "account.lastMethod", "This is the account's last sign-in method.");
    }
    await dropOwnWays(trx, accountId);
  });
  desk.signOuts.tell([accountId]);
}

/** Takes all away by which somebody gets into the account without its identity provider. Sessions of the provider's stay. Part of the transaction `trx`. */
export async function dropOwnWays(trx: Db, accountId: AccountId): Promise<void> {
  await deletePassword(trx, accountId);
  await deletePasskeys(trx, accountId);
  await deleteRecoveryCodes(trx, accountId);
  for (const purpose of ["invite", "resetPassword", "changeEmail"] as const) {
    await deleteTickets(trx, purpose, accountId);
  }
  await deleteOwnSessions(trx, accountId);
}
