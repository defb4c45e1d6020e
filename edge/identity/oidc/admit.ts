import { type AccountId, MAX_NAME, newRowId, type TenantId } from "@tafelrunde/protocol";
import {
  type Account,
  ACCOUNT_EMAIL,
  findAccountByEmail,
  insertAccount,
  mirrorAccount,
} from "../../store/account.ts";
import { violates } from "../../store/constraint.ts";
import { findAccountByIdentity, insertIdentity, vouchForIdentity } from "../../store/identity.ts";
import { setExternalGroups } from "../../store/people_group.ts";
import type { Db } from "../../store/schema.ts";
import { DEFAULT_TENANT, findTenantBySlug } from "../../store/tenant.ts";
import { inTransaction, Overtaken } from "../../store/transaction.ts";
import { dropOwnWays } from "../own_ways.ts";
import { type Claimed, groupName } from "./claims.ts";
import type { ProviderConfig } from "./provider_config.ts";

/** Where a provider's people belong, and who of them are admins. */
type Belonging = Pick<ProviderConfig, "tenant" | "tenantClaim" | "adminGroup">;

/** Why somebody whom their provider knows has no account here. */
export type Unadmitted =
  /** The account is disabled. */
  | "account.disabled"
  /** The tenant that is configured or claimed is none of ours. */
  | "tenant.unknown";

/**
 * The account of somebody whom their provider has let in, kept as the provider describes them: name, address, groups and, by its group, role.
 * Makes one at the first time, or takes the one with their address if the provider vouches for it.
 */
export async function admit(
  db: Db,
  claimed: Claimed,
  provider: Belonging,
  now: number,
): Promise<Account | Unadmitted> {
  return await inTransaction(db, async (trx) => {
    const account = await findAccountByIdentity(trx, claimed) ?? await adopt(trx, claimed, provider, now);
    if (typeof account === "string") return account;
    if (account.isDisabled) return "account.disabled";
    await vouchForIdentity(trx, claimed, now);
    return await mirror(trx, account, claimed, provider, now);
  });
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
  const role = adminGroup !== undefined && groups !== undefined
    ? groups.includes(groupName(adminGroup)) ? "admin" : "member"
    : account.role;
  if (groups !== undefined) await setExternalGroups(db, account, groups, now);
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

async function adopt(
  db: Db,
  claimed: Claimed,
  provider: Belonging,
  now: number,
): Promise<Account | Unadmitted> {
  const tenantId = await findTenantId(db, claimed, provider);
  if (tenantId === undefined) return "tenant.unknown";
  const { name, email, subject } = claimed;
  const known = email === undefined ? undefined : await findAccountByEmail(db, tenantId, email);
  const account = known ?? await insertAccount(db, {
    id: newRowId() as AccountId,
    tenantId,
    name: name ?? email ?? subject.slice(0, MAX_NAME),
    email: email ?? null,
    isEmailVerified: email !== undefined,
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
