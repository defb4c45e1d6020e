import type { AccountId } from "@tafelrunde/protocol";
import { type AccountWays, findAccountWays } from "../store/account_ways.ts";
import type { Db } from "../store/schema.ts";

/**
 * How long an API key of an account that signs in only through an identity provider stays valid after its
 * last sign-in, ms: as long as the longest session. The provider does not notify anyone when it dismisses a
 * person.
 */
export const KEY_VOUCHED_MS = 90 * 86_400_000;

/** Everything by which an account can be used, or can get a new sign-in method. */
export const WAYS = [
  "password",
  "passkey",
  "recoveryCode",
  /** One-time links. */
  "invite",
  "resetPassword",
  "changeEmail",
  /** Adding a password, passkey or recovery codes. */
  "addWay",
  /** Signing in at an identity provider. */
  "provider",
  /** A session begun with a sign-in method of the account's own, or at an identity provider. */
  "ownSession",
  "providerSession",
  /** An API key created by the account. */
  "apiKey",
] as const;
export type Way = (typeof WAYS)[number];

/**
 * Whether an account can be used this way at `now` (ms). The only place that decides it; checked at each use,
 * not only at creation, since an account changes in between. An account that signs in only through a provider
 * has no other way.
 */
export function isOpen(way: Way, account: AccountWays | undefined, now: number): boolean {
  if (account === undefined || account.isDisabled) return false;
  const { hasPassword, hasPasskey, hasIdentity, vouchedAt } = account;
  const hasOwn = hasPassword || hasPasskey;
  const isFederated = hasIdentity && !hasOwn;
  switch (way) {
    case "password":
      return hasPassword;
    case "passkey":
      return hasPasskey;
    case "recoveryCode":
      return hasOwn;
    case "invite":
      return !hasOwn && !hasIdentity;
    case "resetPassword":
    case "changeEmail":
    case "addWay":
    case "ownSession":
      return !isFederated;
    case "provider":
      return true;
    case "providerSession":
      return hasIdentity;
    case "apiKey":
      return account.role === "admin" &&
        (!isFederated || vouchedAt !== null && now - vouchedAt <= KEY_VOUCHED_MS);
    default:
      return way satisfies never;
  }
}

/**
 * The same for an account in the database. Within a transaction that has locked the account, the result
 * cannot change.
 */
export async function isOpenFor(db: Db, way: Way, accountId: AccountId, now: number): Promise<boolean> {
  return isOpen(way, await findAccountWays(db, accountId), now);
}
