import type { AccountId, GroupId, TenantId } from "@tafelrunde/protocol";
import { sql } from "kysely";
import type { Db } from "./schema.ts";
import { nameColumns } from "./sort_name.ts";

/** A named group of a tenant's people. Instants are ms since 1970. */
export interface GroupRecord {
  readonly id: GroupId;
  readonly name: string;
  readonly isExternal: boolean;
  readonly version: number;
  readonly createdAt: number;
  /** The key that lists are sorted by, see sort_name.ts. */
  readonly sortName: string;
}

/** A member of a group. */
export interface GroupMember {
  readonly id: AccountId;
  readonly name: string;
  readonly email: string | null;
  /** The key that lists are sorted by, see sort_name.ts. */
  readonly sortName: string;
}

/** The last entry of a page: sort name, id. */
export type NamePosition = readonly [name: string, id: string];

function selectGroups(db: Db, tenantId: TenantId) {
  return db.selectFrom("people_group").where("tenant_id", "=", tenantId)
    .select(["id", "name", "is_external", "version", "created_at", "sort_name"]);
}

function groupOf(
  row: Awaited<ReturnType<ReturnType<typeof selectGroups>["executeTakeFirstOrThrow"]>>,
): GroupRecord {
  return {
    id: row.id as GroupId,
    name: row.name,
    isExternal: row.is_external,
    version: row.version,
    createdAt: row.created_at.getTime(),
    sortName: row.sort_name,
  };
}

export async function insertGroup(
  db: Db,
  { id, tenantId, name }: { readonly id: GroupId; readonly tenantId: TenantId; readonly name: string },
  at: number,
): Promise<void> {
  await db.insertInto("people_group").values({
    id,
    tenant_id: tenantId,
    ...nameColumns(name),
    created_at: new Date(at),
  })
    .execute();
}

/** A group of this tenant. */
export async function findGroup(db: Db, tenantId: TenantId, id: GroupId): Promise<GroupRecord | undefined> {
  const row = await selectGroups(db, tenantId).where("id", "=", id).executeTakeFirst();
  return row && groupOf(row);
}

/** The tenant's groups after `after`, by name, at most `count`. */
export async function listGroups(
  db: Db,
  tenantId: TenantId,
  { after, count }: { readonly after: NamePosition | undefined; readonly count: number },
): Promise<GroupRecord[]> {
  let query = selectGroups(db, tenantId).orderBy("sort_name").orderBy("id").limit(count);
  if (after !== undefined) query = query.where(sql<boolean>`(sort_name, id) > (${after[0]}, ${after[1]})`);
  return (await query.execute()).map(groupOf);
}

/** Number of the tenant's groups. */
export async function countGroups(db: Db, tenantId: TenantId): Promise<number> {
  const { count } = await db.selectFrom("people_group").where("tenant_id", "=", tenantId)
    .select((eb) => eb.fn.countAll<number | string>().as("count")).executeTakeFirstOrThrow();
  return Number(count);
}

/** Renames the group if its version is `version` (undefined: any); false: it is not. */
export async function renameGroup(
  db: Db,
  id: GroupId,
  version: number | undefined,
  name: string | undefined,
): Promise<boolean> {
  let query = db.updateTable("people_group").where("id", "=", id)
    .set((eb) => ({ ...name !== undefined && nameColumns(name), version: eb("version", "+", 1) }));
  if (version !== undefined) query = query.where("version", "=", version);
  return (await query.executeTakeFirst()).numUpdatedRows > 0n;
}

/** Deletes the group, but not its people, if its version is `version` (undefined: any); false: it is not. */
export async function deleteGroup(db: Db, id: GroupId, version: number | undefined): Promise<boolean> {
  let query = db.deleteFrom("people_group").where("id", "=", id);
  if (version !== undefined) query = query.where("version", "=", version);
  return (await query.executeTakeFirst()).numDeletedRows > 0n;
}

/** Members of a group after `after`, by name, at most `count`. */
export async function listGroupMembers(
  db: Db,
  id: GroupId,
  { after, count }: { readonly after: NamePosition | undefined; readonly count: number },
): Promise<GroupMember[]> {
  let query = db.selectFrom("people_group_member as m").innerJoin("account as a", "a.id", "m.account_id")
    .where("m.group_id", "=", id)
    .select(["a.id", "a.name", "a.email", "a.sort_name as sortName"])
    .orderBy("a.sort_name").orderBy("a.id").limit(count);
  if (after !== undefined) {
    query = query.where(sql<boolean>`(a.sort_name, a.id) > (${after[0]}, ${after[1]})`);
  }
  return (await query.execute()).map((row) => ({ ...row, id: row.id as AccountId }));
}

export async function addToGroup(db: Db, id: GroupId, accountId: AccountId): Promise<void> {
  await db.insertInto("people_group_member").values({ group_id: id, account_id: accountId })
    .onConflict((conflict) => conflict.doNothing()).execute();
}

/** Removes an account from a group; false: it was not in it. */
export async function removeFromGroup(db: Db, id: GroupId, accountId: AccountId): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom("people_group_member").where("group_id", "=", id)
    .where("account_id", "=", accountId).executeTakeFirst();
  return numDeletedRows > 0n;
}
