import { canonicalEmailPart } from "@tafelrunde/protocol";
import type { AccountId, AccountRole, TenantId } from "@tafelrunde/protocol";
import { sql } from "kysely";
import type { Db } from "./schema.ts";
import { nameColumns, sortName } from "./sort_name.ts";

/** A person of a tenant, as its admins see them. Instants are ms since 1970. */
export interface PersonRecord {
  readonly id: AccountId;
  readonly name: string;
  readonly email: string | null;
  readonly role: AccountRole;
  readonly isOperator: boolean;
  readonly isDisabled: boolean;
  readonly version: number;
  readonly createdAt: number;
  /** The key that lists are sorted by, see sort_name.ts. */
  readonly sortName: string;
}

/** The last person of a page: sort name, id. */
export type PersonPosition = readonly [sortName: string, id: string];

/** A change of a person; undefined keeps the value. */
export interface PersonChange {
  readonly name?: string | undefined;
  readonly role?: AccountRole | undefined;
  readonly isDisabled?: boolean | undefined;
}

function selectPeople(db: Db, tenantId: TenantId) {
  return db.selectFrom("account").where("tenant_id", "=", tenantId).select([
    "id",
    "name",
    "email",
    "role",
    "is_operator",
    "disabled_at",
    "version",
    "created_at",
    "sort_name as sortName",
  ]);
}

function personOf(
  row: Awaited<ReturnType<ReturnType<typeof selectPeople>["executeTakeFirstOrThrow"]>>,
): PersonRecord {
  return {
    id: row.id as AccountId,
    name: row.name,
    email: row.email,
    role: row.role as AccountRole,
    isOperator: row.is_operator,
    isDisabled: row.disabled_at !== null,
    version: row.version,
    createdAt: row.created_at.getTime(),
    sortName: row.sortName,
  };
}

/** A person of this tenant. */
export async function findPerson(
  db: Db,
  tenantId: TenantId,
  id: AccountId,
): Promise<PersonRecord | undefined> {
  const row = await selectPeople(db, tenantId).where("id", "=", id).executeTakeFirst();
  return row && personOf(row);
}

/**
 * The tenant's people after `after`, by name, at most `count`; `search`: a part of the name or the address.
 */
export async function listPeople(
  db: Db,
  tenantId: TenantId,
  { search, withDisabled }: { readonly search: string | undefined; readonly withDisabled: boolean },
  { after, count }: { readonly after: PersonPosition | undefined; readonly count: number },
): Promise<PersonRecord[]> {
  let query = selectPeople(db, tenantId).orderBy("sort_name").orderBy("id").limit(count);
  if (!withDisabled) query = query.where("disabled_at", "is", null);
  if (search !== undefined) {
    const folded = sortName(search);
    const address = canonicalEmailPart(search);
    query = query.where(
      sql<boolean>`(position(${folded} in sort_name) > 0 or position(${address} in coalesce(email, '')) > 0)`,
    );
  }
  if (after !== undefined) query = query.where(sql<boolean>`(sort_name, id) > (${after[0]}, ${after[1]})`);
  return (await query.execute()).map(personOf);
}

/** Number of the tenant's enabled admins besides `except`. Locks them until the transaction ends. */
export async function countOtherAdmins(trx: Db, tenantId: TenantId, except: AccountId): Promise<number> {
  const admins = await trx.selectFrom("account").select("id").where("tenant_id", "=", tenantId)
    .where("role", "=", "admin").where("disabled_at", "is", null).forNoKeyUpdate().execute();
  return admins.filter(({ id }) => id !== except).length;
}

/** Changes a person if their version is `version` (undefined: any); false: it is not. */
export async function updatePerson(
  db: Db,
  id: AccountId,
  version: number | undefined,
  { name, role, isDisabled }: PersonChange,
  at: number,
): Promise<boolean> {
  let query = db.updateTable("account").where("id", "=", id).set((eb) => ({
    ...name !== undefined && nameColumns(name),
    ...role !== undefined && { role },
    ...isDisabled !== undefined && { disabled_at: isDisabled ? new Date(at) : null },
    version: eb("version", "+", 1),
  }));
  if (version !== undefined) query = query.where("version", "=", version);
  return (await query.executeTakeFirst()).numUpdatedRows > 0n;
}

/**
 * Deletes an account with its rooms and meetings if its version is `version` (undefined: any); false: it is
 * not.
 */
export async function deletePerson(db: Db, id: AccountId, version: number | undefined): Promise<boolean> {
  let query = db.deleteFrom("account").where("id", "=", id);
  if (version !== undefined) query = query.where("version", "=", version);
  return (await query.executeTakeFirst()).numDeletedRows > 0n;
}
