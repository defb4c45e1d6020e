import type { AccountId, AccountRole, TenantId } from "@tafelrunde/protocol";
import type { Selectable } from "kysely";
import type { Db, Schema } from "./schema.ts";

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
  /** "de" or "en"; null: as the browser says. */
  readonly language: string | null;
  /** IANA name; null: as the browser says. */
  readonly timeZone: string | null;
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
    name: account.name,
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
    language: row.language,
    timeZone: row.time_zone,
    isDisabled: row.disabled_at !== null,
    version: row.version,
    createdAt: row.created_at.getTime(),
  };
}
