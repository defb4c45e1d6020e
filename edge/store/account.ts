import type { AccountId, AccountRole, TenantId } from "@tafelrunde/protocol";
import type { AccountLanguage } from "@tafelrunde/protocol/http";
import type { Selectable } from "kysely";
import type { Db, Schema } from "./schema.ts";
import { nameColumns } from "./sort_name.ts";

/** Somebody who can sign in. Instants are ms since 1970. */
export interface Account {
  readonly id: AccountId;
  readonly tenantId: TenantId;
  readonly name: string;
  /** Lower-case; null: none is known. */
  readonly email: string | null;
  readonly isEmailVerified: boolean;
  readonly role: AccountRole;
  /** Runs the installation: all tenants. */
  readonly isOperator: boolean;
  /** Null: as the browser says. */
  readonly language: AccountLanguage | null;
  /** IANA name; null: as the browser says. */
  readonly timeZone: string | null;
  /** They want a mail when somebody answers an invitation to a meeting of theirs. */
  readonly mailsAnswers: boolean;
  readonly isDisabled: boolean;
  readonly version: number;
  readonly createdAt: number;
}

/** An account to be. */
export interface NewAccount {
  readonly id: AccountId;
  readonly tenantId: TenantId;
  readonly name: string;
  readonly email: string | null;
  readonly isEmailVerified: boolean;
  readonly role: AccountRole;
  readonly isOperator: boolean;
}

/** Stores a new account; undefined: the tenant has one with this address. */
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

/** Whether somebody runs the installation. */
export async function hasOperator(db: Db): Promise<boolean> {
  return await db.selectFrom("account").select("id").where("is_operator", "=", true).limit(1)
    .executeTakeFirst() !== undefined;
}

/** Its person has used a link of the account's: how they are called, and whether that has shown the address to be theirs. Gives the account as it is then. */
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

/** The account as nobody changes it until the transaction ends. */
export async function lockAccount(trx: Db, id: AccountId): Promise<Account | undefined> {
  const row = await trx.selectFrom("account").selectAll().where("id", "=", id).forNoKeyUpdate()
    .executeTakeFirst();
  return row && accountOf(row);
}

/** The index that lets no two accounts of a tenant have one address. */
export const ACCOUNT_EMAIL = "account_email";

/** Gives the account another address, which its person has shown to be theirs. What it throws where somebody has that violates ACCOUNT_EMAIL. */
export async function changeEmail(trx: Db, id: AccountId, email: string, at: number): Promise<void> {
  await trx.updateTable("account")
    .set((eb) => ({ email, email_verified_at: new Date(at), version: eb("version", "+", 1) }))
    .where("id", "=", id).execute();
}

/** What an identity provider says of an account. */
export type Mirrored = Pick<Account, "name" | "email" | "isEmailVerified" | "role">;

/**
 * Brings the account in line with `said`. Gives it as it is then; what is so already counts as no change. What it throws where another has the
 * address violates ACCOUNT_EMAIL.
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

/** What a person may change of their account; what is undefined stays. */
export interface AccountChange {
  readonly name?: string | undefined;
  readonly language?: AccountLanguage | null | undefined;
  readonly timeZone?: string | null | undefined;
  readonly mailsAnswers?: boolean | undefined;
}

/** Changes the account, if it is at `version` (undefined: whichever). Undefined: it is not. */
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
 * Deletes the account with all that is the person's: rooms, meetings, sessions. False: it is the last admin of a tenant that has others in it.
 * Part of the transaction `trx`.
 */
export async function deleteAccount(
  trx: Db,
  { id, tenantId, role }: Pick<Account, "id" | "tenantId" | "role">,
): Promise<boolean> {
  // Two admins who go at once: one of them waits here, and sees that the other is gone.
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

/** A row of `account` as the rest of the program knows it. */
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
