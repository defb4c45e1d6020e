import type { AccountId } from "@tafelrunde/protocol";
import { type AccountWays, findAccountWays } from "../store/account_ways.ts";
import type { Db } from "../store/schema.ts";

/**
 * How long an API key of somebody whom an identity provider alone lets in is good after it last did, ms: as long as the longest session. The
 * provider tells nobody when it dismisses them.
 */
export const KEY_VOUCHED_MS = 90 * 86_400_000;

/** Everything by which an account can be used, or be given a way to be used. */
export const WAYS = [
  "password",
  "passkey",
  "recoveryCode",
  /** Links that are good once. */
  "invite",
  "resetPassword",
  "changeEmail",
  /** A password, passkey or recovery codes are added. */
  "addWay",
  /** What an identity provider says at a sign-in. */
  "provider",
  /** A session that was begun in a way of one's own, or by an identity provider. */
  "ownSession",
  "providerSession",
  /** An API key that its person has made. */
  "apiKey",
] as const;
export type Way = (typeof WAYS)[number];

/**
 * Whether an account can be used this way at `now` (ms). The one place that decides it: asked whenever a way is used, not only when it is made,
 * because an account changes in between. Whom a provider alone lets in has no other way.
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

/** The same, of an account in the database. Within a transaction that has locked it, nobody changes it meanwhile. */
export async function isOpenFor(db: Db, way: Way, accountId: AccountId, now: number): Promise<boolean> {
  return isOpen(way, await findAccountWays(db, accountId), now);
}
