import type { AccountId, AccountRole } from "@tafelrunde/protocol";
import { type RawBuilder, sql } from "kysely";
import type { Db } from "./schema.ts";

/** The facts that decide how an account can be used now. Instants are ms since 1970. */
export interface AccountWays {
  readonly isDisabled: boolean;
  readonly role: AccountRole;
  /** Lower-case; null: none known. */
  readonly email: string | null;
  readonly hasPassword: boolean;
  readonly hasPasskey: boolean;
  readonly hasIdentity: boolean;
  /** When an identity provider last confirmed a sign-in; null: never. */
  readonly vouchedAt: number | null;
}

/** AccountWays as a row. */
export interface WaysRow {
  readonly ways: readonly [
    isDisabled: boolean,
    role: string,
    email: string | null,
    hasPassword: boolean,
    hasPasskey: boolean,
    vouchedAt: number | null,
  ];
}

/** AccountWays of the account that a query calls `a`, as a column `ways`; uses only indexes. */
export const selectWays: RawBuilder<WaysRow["ways"]> = sql`json_build_array(
  a.disabled_at is not null,
  a.role,
  a.email,
  exists (select 1 from password where password.account_id = a.id),
  exists (select 1 from passkey where passkey.account_id = a.id),
  (select (extract(epoch from max(identity.vouched_at)) * 1000)::bigint from identity where identity.account_id = a.id)
)`;

export function waysOf({ ways }: WaysRow): AccountWays {
  const [isDisabled, role, email, hasPassword, hasPasskey, vouchedAt] = ways;
  return {
    isDisabled,
    role: role as AccountRole,
    email,
    hasPassword,
    hasPasskey,
    hasIdentity: vouchedAt !== null,
    vouchedAt,
  };
}

/** The account's ways; undefined: no such account. */
export async function findAccountWays(db: Db, id: AccountId): Promise<AccountWays | undefined> {
  const row = await db.selectFrom("account as a").select(selectWays.as("ways")).where("a.id", "=", id)
    .executeTakeFirst();
  return row && waysOf(row);
}
