import type { AccountId, AccountRole, TenantId } from "@tafelrunde/protocol";
import type { AccountLanguage } from "@tafelrunde/protocol/http";
import type { Selectable } from "kysely";
import type { Db, Schema } from "./schema.ts";
import { nameColumns } from "./sort_name.ts";

/** An account. Instants are ms since 1970. */
export interface Account {
  readonly id: AccountId;
  readonly tenantId: TenantId;
  readonly name: string;
  /** Lower-case; null: none known. */
  readonly email: string | null;
  readonly isEmailVerified: boolean;
  readonly role: AccountRole;
  /** Operates the installation, with all its tenants. */
  readonly isOperator: boolean;
  /** Null: the browser's language. */
  readonly language: AccountLanguage | null;
  /** IANA name; null: the browser's time zone. */
  readonly timeZone: string | null;
  /** The owner gets a mail when somebody answers an invitation to one of their meetings. */
  readonly mailsAnswers: boolean;
  readonly isDisabled: boolean;
  readonly version: number;
  readonly createdAt: number;
}

/** A new account. */
export interface NewAccount {
  readonly id: AccountId;
  readonly tenantId: TenantId;
  readonly name: string;
  readonly email: string | null;
  readonly isEmailVerified: boolean;
  readonly role: AccountRole;
  readonly isOperator: boolean;
}

/** Stores a new account; undefined: the tenant has an account with this address. */
export async function insertAccount(db: Db, account: NewAccount, at: number): Promise<Account | undefined> {
  const now = new Date(at);
  const row = await db.insertInto("account").values({
    id: account.id,
    tenant_id: account.tenantId,
    ...nameColumns(account.name),
    email: account.email,
    email_verified_at: account.isEmailVerified ? now : null,
    role: account.role,
    is_operator: account.isOperator,
    created_at: now,
  }).onConflict((conflict) => conflict.doNothing()).returningAll().executeTakeFirst();
  return row && accountOf(row);
}

export async function findAccount(db: Db, id: AccountId): Promise<Account | undefined> {
  const row = await db.selectFrom("account").selectAll().where("id", "=", id).executeTakeFirst();
  return row && accountOf(row);
}

/** The tenant's account with this address (lower-case). */
export async function findAccountByEmail(
  db: Db,
  tenantId: TenantId,
  email: string,
): Promise<Account | undefined> {
  const row = await db.selectFrom("account").selectAll().where("tenant_id", "=", tenantId).where(
    "email",
    "=",
    email,
  ).executeTakeFirst();
  return row && accountOf(row);
}

/** Whether the installation has an operator. */
export async function hasOperator(db: Db): Promise<boolean> {
  return await db.selectFrom("account").select("id").where("is_operator", "=", true).limit(1)
    .executeTakeFirst() !== undefined;
}

/**
 * Call when a person used a link of their account: stores their name, and whether the link proved the address
 * to be theirs. Returns the changed account.
 */
export async function greetAccount(
  db: Db,
  id: AccountId,
  { name, hasShownEmail }: { readonly name: string; readonly hasShownEmail: boolean },
  at: number,
): Promise<Account> {
  const row = await db.updateTable("account")
    .set((eb) => ({
      ...nameColumns(name),
      ...hasShownEmail && { email_verified_at: new Date(at) },
      version: eb("version", "+", 1),
    }))
    .where("id", "=", id).returningAll().executeTakeFirstOrThrow();
  return accountOf(row);
}

/** Reads the account and locks it until the transaction ends. */
export async function lockAccount(trx: Db, id: AccountId): Promise<Account | undefined> {
  const row = await trx.selectFrom("account").selectAll().where("id", "=", id).forNoKeyUpdate()
    .executeTakeFirst();
  return row && accountOf(row);
}

/** The unique index on tenant and address. */
export const ACCOUNT_EMAIL = "account_email";

/**
 * Changes the account's address to one that its owner has proved. Throws a violation of ACCOUNT_EMAIL if
 * another account has it.
 */
export async function changeEmail(trx: Db, id: AccountId, email: string, at: number): Promise<void> {
  await trx.updateTable("account")
    .set((eb) => ({ email, email_verified_at: new Date(at), version: eb("version", "+", 1) }))
    .where("id", "=", id).execute();
}

/** An identity provider's data about an account. */
export type Mirrored = Pick<Account, "name" | "email" | "isEmailVerified" | "role">;

/**
 * Updates the account to `said`, and returns it; without a difference nothing is written. Throws a violation
 * of ACCOUNT_EMAIL if another account has the address.
 */
export async function mirrorAccount(db: Db, account: Account, said: Mirrored, at: number): Promise<Account> {
  const isSame = account.name === said.name && account.email === said.email &&
    account.isEmailVerified === said.isEmailVerified && account.role === said.role;
  if (isSame) return account;
  const row = await db.updateTable("account").set((eb) => ({
    ...nameColumns(said.name),
    email: said.email,
    role: said.role,
    email_verified_at: said.isEmailVerified ? new Date(at) : null,
    version: eb("version", "+", 1),
  })).where("id", "=", account.id).returningAll().executeTakeFirstOrThrow();
  return accountOf(row);
}

/** Changes that a person may make to their account; undefined keeps the value. */
export interface AccountChange {
  readonly name?: string | undefined;
  readonly language?: AccountLanguage | null | undefined;
  readonly timeZone?: string | null | undefined;
  readonly mailsAnswers?: boolean | undefined;
}

/** Changes the account if its version is `version` (undefined: any). Undefined: it is not. */
export async function changeAccount(
  db: Db,
  id: AccountId,
  { name, language, timeZone, mailsAnswers }: AccountChange,
  version: number | undefined,
): Promise<Account | undefined> {
  let query = db.updateTable("account").set((eb) => ({
    ...name !== undefined && nameColumns(name),
    ...language !== undefined && { language },
    ...timeZone !== undefined && { time_zone: timeZone },
    ...mailsAnswers !== undefined && { mails_answers: mailsAnswers },
    version: eb("version", "+", 1),
  })).where("id", "=", id);
  if (version !== undefined) query = query.where("version", "=", version);
  const row = await query.returningAll().executeTakeFirst();
  return row && accountOf(row);
}

/**
 * Deletes the account and everything that the person owns: rooms, meetings, sessions. False: it is the last
 * admin of a tenant with other accounts. Part of the transaction `trx`.
 */
export async function deleteAccount(
  trx: Db,
  { id, tenantId, role }: Pick<Account, "id" | "tenantId" | "role">,
): Promise<boolean> {
  // If two admins leave at once, one waits here and then sees that the other is gone.
  await trx.selectFrom("tenant").select("id").where("id", "=", tenantId).forNoKeyUpdate().execute();
  const others = trx.selectFrom("account").select("role").where("tenant_id", "=", tenantId)
    .where("id", "!=", id).where("disabled_at", "is", null);
  const admin = await others.where("role", "=", "admin").limit(1).executeTakeFirst();
  if (role === "admin" && admin === undefined && await others.limit(1).executeTakeFirst() !== undefined) {
    return false;
  }
  await trx.deleteFrom("account").where("id", "=", id).execute();
  return true;
}

/** Converts a row of `account`. */
export function accountOf(row: Selectable<Schema["account"]>): Account {
  return {
    id: row.id as AccountId,
    tenantId: row.tenant_id as TenantId,
    name: row.name,
    email: row.email,
    isEmailVerified: row.email_verified_at !== null,
    role: row.role as AccountRole,
    isOperator: row.is_operator,
    language: row.language as AccountLanguage | null,
    timeZone: row.time_zone,
    mailsAnswers: row.mails_answers,
    isDisabled: row.disabled_at !== null,
    version: row.version,
    createdAt: row.created_at.getTime(),
  };
}
