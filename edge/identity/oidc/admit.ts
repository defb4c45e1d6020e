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

/** What somebody is called of whom the provider tells no name, until they choose one: neither their address nor what the provider calls them. */
const NAMELESS = "N. N.";

/** Most groups of one person that are kept. */
export const MAX_GROUPS = 200;

/** Longest name of a group that is kept, UTF-16 units. */
const MAX_GROUP_NAME = 120;

/** Where a provider's people belong, and who of them are admins. */
type Belonging = Pick<ProviderConfig, "tenant" | "tenantClaim" | "adminGroup">;

/** Why somebody whom their provider knows has no account here. */
export type Unadmitted =
  /** The account is disabled. */
  | "account.disabled"
  /** The tenant that is configured or claimed is none of ours, or not the one that their account is of. */
  | "tenant.unknown";

/**
 * The account of somebody whom their provider has let in, kept as the provider describes them: name, address, groups and, by its group, role.
 * Makes one at the first time, or takes the one with their address if the provider vouches for it and knows nobody else by that account.
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

/** Whether somebody still belongs to the tenant that their account is of. A provider that could not be asked for it has not said otherwise. */
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

/** Brings the account in line with what its provider says now. An address that another account has is not taken over. */
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
  // Who is not said to be in the group is not: a right does not outlast the claim that it comes from.
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

/** Those of a person's groups that are kept: they are for lists. Rights are looked up in all of them before. */
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
  // Addresses are shared, and given to somebody else: one that the issuer's own people have two of is nobody's way in.
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
  // Whoever set it up has never shown that the address is theirs: the provider says now whose it is.
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
