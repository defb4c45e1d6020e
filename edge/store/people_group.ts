import { newRowId } from "@tafelrunde/protocol";
import type { Account } from "./account.ts";
import type { Db } from "./schema.ts";
import { nameColumns } from "./sort_name.ts";

/**
 * Puts the account into exactly those of its tenant's external groups that the identity provider names, and
 * creates missing ones. Groups created by hand are left alone.
 */
export async function setExternalGroups(
  db: Db,
  { id, tenantId }: Pick<Account, "id" | "tenantId">,
  names: readonly string[],
  at: number,
): Promise<void> {
  const groups = () =>
    db.selectFrom("people_group").select("id").where("tenant_id", "=", tenantId).where(
      "is_external",
      "=",
      true,
    );
  await db.deleteFrom("people_group_member").where("account_id", "=", id)
    .where("group_id", "in", names.length > 0 ? groups().where("name", "not in", names) : groups()).execute();
  if (names.length === 0) return;
  await db.insertInto("people_group").values(names.map((name) => ({
    id: newRowId(),
    tenant_id: tenantId,
    ...nameColumns(name),
    is_external: true,
    created_at: new Date(at),
  }))).onConflict((conflict) => conflict.columns(["tenant_id", "name"]).doNothing()).execute();
  await db.insertInto("people_group_member").columns(["group_id", "account_id"])
    .expression((eb) =>
      eb.selectFrom("people_group").select((column) => ["id", column.val(id).as("account_id")])
        .where("tenant_id", "=", tenantId).where("is_external", "=", true).where("name", "in", names)
    ).onConflict((conflict) => conflict.doNothing()).execute();
}
