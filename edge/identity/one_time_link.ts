import { type AccountId, newRowId, type TenantId } from "@tafelrunde/protocol";
import { DomainError, invalidInput } from "../errors.ts";
import { languageOf } from "../mail/language.ts";
import { queueMail } from "../mail/mail.ts";
import {
  type Account,
  findAccount,
  greetAccount,
  hasOperator,
  insertAccount,
  lockAccount,
} from "../store/account.ts";
import { findAccountWays } from "../store/account_ways.ts";
import { setPassword } from "../store/password.ts";
import type { Db } from "../store/schema.ts";
import { deleteSessionsOf } from "../store/session.ts";
import { DEFAULT_TENANT, getTenant } from "../store/tenant.ts";
import {
  deleteOneTimeSecrets,
  findOneTimeSecret,
  insertOneTimeSecret,
  type OneTimeSecret,
  spendOneTimeSecret,
} from "../store/one_time_secret.ts";
import { inTransaction } from "../store/transaction.ts";
import type { IdentityContext } from "../context.ts";
import { hashNewPassword } from "./password/password.ts";
import { hashSecret, newSecret } from "./secret.ts";
import { isOpen, isOpenFor } from "./ways.ts";

/** One-time links: the page of each, and how long it is valid, ms. */
const LINKS = {
  firstAdmin: { page: "first", termMs: 86_400_000 },
  invite: { page: "invite", termMs: 7 * 86_400_000 },
  resetPassword: { page: "reset", termMs: 3_600_000 },
  changeEmail: { page: "email", termMs: 86_400_000 },
} as const;
export type LinkPurpose = keyof typeof LINKS;

/**
 * A link that can be used once, until `expiresAt` (ms). Its secret is in the fragment, which browsers do not
 * send.
 */
export interface OneTimeLink {
  readonly url: string;
  readonly expiresAt: number;
}

/**
 * Creates a link for an account (null: for the first one). Earlier links for the same purpose become invalid,
 * except `firstAdmin`: each edge prints its own.
 */
export async function makeLink(
  db: Db,
  origin: string,
  link: {
    readonly purpose: LinkPurpose;
    readonly tenantId: TenantId;
    readonly accountId: AccountId | null;
    /**
     * The address that the link is mailed to: it is valid only while the account has this address. Without
     * one, the caller passes the link on. With `changeEmail`: the new address.
     */
    readonly email?: string;
  },
  now: number,
): Promise<OneTimeLink> {
  const { purpose, tenantId, accountId, email = null } = link;
  const { page, termMs } = LINKS[purpose];
  const secret = newSecret();
  const expiresAt = now + termMs;
  if (accountId !== null) await deleteOneTimeSecrets(db, purpose, accountId);
  await insertOneTimeSecret(db, { hash: hashSecret(secret), purpose, tenantId, accountId, email, expiresAt });
  return { url: `${origin}/${page}#${secret}`, expiresAt };
}

/** The link that creates the first account; undefined: there are accounts. */
export async function makeFirstAdminLink(
  db: Db,
  origin: string,
  now: number,
): Promise<OneTimeLink | undefined> {
  if (await hasOperator(db)) return undefined;
  return await makeLink(
    db,
    origin,
    { purpose: "firstAdmin", tenantId: DEFAULT_TENANT, accountId: null },
    now,
  );
}

/** Sends a mail with a link to reset the password to the account's address, if it has one. */
export async function mailForgottenPassword(
  { db, now }: IdentityContext,
  origin: string,
  account: Account | undefined,
): Promise<void> {
  if (account === undefined || account.email === null) return;
  if (!await isOpenFor(db, "resetPassword", account.id, now())) return;
  const { id: accountId, tenantId, name, email } = account;
  const tenant = await getTenant(db, tenantId);
  const link = await makeLink(db, origin, { purpose: "resetPassword", tenantId, accountId, email }, now());
  await queueMail(db, {
    tenantId,
    to: { name, address: email },
    language: languageOf(account.language),
    content: { kind: "password.forgotten", tenantName: tenant.name, ...link },
  }, now());
}

/** A valid ticket, and its account. */
export interface OpenOneTimeLink {
  readonly link: OneTimeSecret & { readonly purpose: LinkPurpose; readonly tenantId: TenantId };
  readonly account: Account | undefined;
}

/** The ticket of a link's secret. Throws 404 `oneTimeLink.unknown`. */
export async function getOneTimeLink(
  { db, now }: Pick<IdentityContext, "db" | "now">,
  secret: string,
): Promise<OpenOneTimeLink> {
  const oneTime = await findOneTimeSecret(db, hashSecret(secret), now());
  if (oneTime === undefined || !isLink(oneTime.purpose) || oneTime.tenantId === null) {
    throw oneTimeLinkUnknown();
  }
  const account = oneTime.accountId === null ? undefined : await findAccount(db, oneTime.accountId);
  const link = { ...oneTime, purpose: oneTime.purpose, tenantId: oneTime.tenantId };
  if (!await isLinkOpen(db, link, now())) throw oneTimeLinkUnknown();
  return { link, account };
}

/** Whether the link can still be used for its account, which might have changed since. */
async function isLinkOpen(
  db: Db,
  { purpose, accountId, email = null }: OpenOneTimeLink["link"],
  now: number,
): Promise<boolean> {
  if (purpose === "firstAdmin") return !await hasOperator(db);
  const ways = accountId === null ? undefined : await findAccountWays(db, accountId);
  if (!isOpen(purpose, ways, now)) return false;
  return purpose === "changeEmail" || email === null || email === ways?.email;
}

/** Input for using a one-time link. */
export interface OneTimeLinkUse {
  readonly password: string;
  readonly name?: string | undefined;
  readonly email?: string | undefined;
}

/**
 * Uses up a link: creates the first account, or sets the password of its account and ends all its sessions.
 * Returns the account. Throws 404 `oneTimeLink.unknown`, 422 for a common password or missing input.
 */
export async function useLink(
  context: IdentityContext,
  secret: string,
  use: OneTimeLinkUse,
): Promise<Account> {
  const { db } = context;
  const { link: oneTime, account } = await getOneTimeLink(context, secret);
  if (oneTime.purpose === "changeEmail") throw oneTimeLinkUnknown();
  const name = use.name ?? account?.name ?? missing("name");
  const email = account === undefined ? use.email ?? missing("email") : account.email;
  const hash = await hashNewPassword(context, use.password, [name, email], oneTime.hash);
  const at = context.now();
  const used = await inTransaction(db, async (trx) => {
    if (account !== undefined) await lockAccount(trx, account.id);
    if (!await isLinkOpen(trx, oneTime, at)) throw oneTimeLinkUnknown();
    if (!await spendOneTimeSecret(trx, oneTime.hash, oneTime.purpose, at)) throw oneTimeLinkUnknown();
    const holder = account === undefined
      ? await makeFirstAccount(trx, { tenantId: oneTime.tenantId, name, email }, at)
      : await greetAccount(trx, account.id, {
        name: oneTime.purpose === "invite" ? name : account.name,
        hasShownEmail: oneTime.email !== null,
      }, at);
    await setPassword(trx, holder.id, hash, at);
    await deleteSessionsOf(trx, holder.id);
    return holder;
  });
  context.signOuts.announce([used.id]);
  return used;
}

async function makeFirstAccount(
  db: Db,
  { tenantId, name, email }: {
    readonly tenantId: TenantId;
    readonly name: string;
    readonly email: string | null;
  },
  at: number,
): Promise<Account> {
  await deleteOneTimeSecrets(db, "firstAdmin", null);
  const account = await insertAccount(db, {
    id: newRowId() as AccountId,
    tenantId,
    name,
    email,
    isEmailVerified: false,
    role: "admin",
    isOperator: true,
  }, at);
  if (account === undefined) throw oneTimeLinkUnknown();
  return account;
}

function isLink(purpose: OneTimeSecret["purpose"]): purpose is LinkPurpose {
  return purpose in LINKS;
}

/** The error for a link that is no longer valid. */
export function oneTimeLinkUnknown(): DomainError<"oneTimeLink.unknown"> {
  return new DomainError("oneTimeLink.unknown");
}

function missing(name: string): never {
  throw invalidInput({ name, reason: "missing" });
}
