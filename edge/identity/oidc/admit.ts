import { type AccountId, cutText, newRowId, type TenantId } from "@tafelrunde/protocol";
import {
  type Account,
  ACCOUNT_EMAIL,
  findAccountByEmail,
  insertAccount,
  mirrorAccount,
} from "../../store/account.ts";
import { violates } from "../../store/constraint.ts";
import {
  findAccountByIdentity,
  hasIdentityOf,
  insertIdentity,
  vouchForIdentity,
} from "../../store/identity.ts";
import { setExternalGroups } from "../../store/people_group.ts";
import type { Db } from "../../store/schema.ts";
import { DEFAULT_TENANT, findTenantBySlug } from "../../store/tenant.ts";
import { inTransaction, Overtaken } from "../../store/transaction.ts";
import { dropOwnWays } from "../own_ways.ts";
import { type Claimed, groupName } from "./claims.ts";
import type { ProviderConfig } from "./provider_config.ts";

/**
 * Name of a person whose provider sends no name, until they choose one: neither their address nor the
 * provider's id of them.
 */
const NAMELESS = "N. N.";

/** Most groups stored per person. */
export const MAX_GROUPS = 200;

/** Longest stored name of a group, UTF-16 units. */
const MAX_GROUP_NAME = 120;

/** The tenant of a provider's people, and the group of admins. */
type Belonging = Pick<ProviderConfig, "tenant" | "tenantClaim" | "adminGroup">;

/** Why a person known to the provider gets no account here. */
export type Unadmitted =
  /** The account is disabled. */
  | "account.disabled"
  /** The configured or claimed tenant does not exist, or is not the account's tenant. */
  | "tenant.unknown";

/**
 * The account of a person whom the provider has authenticated, updated from the claims: name, address, groups
 * and, by group, role. Creates it the first time, or links the account with their address if the provider
 * vouches for the address and no other identity of this provider uses that account.
 */
export async function admit(
  db: Db,
  claimed: Claimed,
  provider: Belonging,
  now: number,
): Promise<Account | Unadmitted> {
  return await inTransaction(db, async (trx) => {
    const known = await findAccountByIdentity(trx, claimed);
    if (known !== undefined && !await belongs(trx, known, claimed, provider)) return "tenant.unknown";
    const account = known ?? await adopt(trx, claimed, provider, now);
    if (typeof account === "string") return account;
    if (account.isDisabled) return "account.disabled";
    await vouchForIdentity(trx, claimed, now);
    return await mirror(trx, account, claimed, provider, now);
  });
}

/**
 * Whether the person still belongs to their account's tenant. A provider that could not be asked has not
 * denied it.
 */
async function belongs(
  db: Db,
  { tenantId }: Account,
  claimed: Claimed,
  provider: Belonging,
): Promise<boolean> {
  if (provider.tenantClaim === undefined) return true;
  if (claimed.tenant === undefined && claimed.isPartial === true) return true;
  return await findTenantId(db, claimed, provider) === tenantId;
}

/** Updates the account from the claims. An address that another account has is not taken over. */
async function mirror(
  db: Db,
  account: Account,
  claimed: Claimed,
  { adminGroup }: Belonging,
  now: number,
): Promise<Account> {
  const { name, email, disownedEmail, groups } = claimed;
  const holder = email === undefined ? undefined : await findAccountByEmail(db, account.tenantId, email);
  const takesEmail = email !== undefined && (holder === undefined || holder.id === account.id);
  // A person not listed in the group loses the role: a right does not outlast its claim.
  const isAdmin = adminGroup !== undefined && groups?.includes(groupName(adminGroup)) === true;
  const role = adminGroup === undefined ? account.role : isAdmin ? "admin" : "member";
  if (groups !== undefined) await setExternalGroups(db, account, keptGroups(groups), now);
  const said = {
    name: name ?? account.name,
    email: takesEmail ? email : account.email,
    isEmailVerified: takesEmail || account.isEmailVerified && account.email !== disownedEmail,
    role,
  };
  try {
    return await mirrorAccount(db, account, said, now);
  } catch (cause) {
    throw violates(cause, ACCOUNT_EMAIL) ? new Overtaken("the address", { cause }) : cause;
  }
}

/** The groups that are stored: they are only shown in lists. Rights are decided from all groups before. */
function keptGroups(groups: readonly string[]): string[] {
  return [...new Set(groups.map((name) => cutText(name, MAX_GROUP_NAME).trim()))].slice(0, MAX_GROUPS);
}

async function adopt(
  db: Db,
  claimed: Claimed,
  provider: Belonging,
  now: number,
): Promise<Account | Unadmitted> {
  const tenantId = await findTenantId(db, claimed, provider);
  if (tenantId === undefined) return "tenant.unknown";
  const { issuer, name, email } = claimed;
  const holder = email === undefined ? undefined : await findAccountByEmail(db, tenantId, email);
  // Addresses are shared and reassigned: if two identities of the issuer have the same address, it does not
  // give access to an account.
  const isOthers = holder !== undefined && await hasIdentityOf(db, issuer, holder.id);
  const known = isOthers ? undefined : holder;
  const account = known ?? await insertAccount(db, {
    id: newRowId() as AccountId,
    tenantId,
    name: name ?? NAMELESS,
    email: isOthers ? null : email ?? null,
    isEmailVerified: email !== undefined && !isOthers,
    role: "member",
    isOperator: false,
  }, now);
  if (account === undefined) throw new Overtaken("the address");
  if (!await insertIdentity(db, claimed, account.id, now)) throw new Overtaken("the identity");
  // The account's creator never confirmed the address; the provider now says whose it is.
  if (known !== undefined && !known.isEmailVerified && !known.isOperator) await dropOwnWays(db, known.id);
  return account;
}

async function findTenantId(
  db: Db,
  claimed: Claimed,
  { tenant, tenantClaim }: Belonging,
): Promise<TenantId | undefined> {
  const slug = tenantClaim === undefined ? tenant : claimed.tenant;
  if (tenantClaim === undefined && slug === undefined) return DEFAULT_TENANT;
  return slug === undefined ? undefined : (await findTenantBySlug(db, slug))?.id;
}
