import type { TenantId } from "@tafelrunde/protocol";
import type { Db } from "./schema.ts";

/** The mails that a reader has refused: none, those of one tenant, or all of this installation. */
export type MailStop = "none" | "tenant" | "all";

/** The reader's choice about this tenant's mails. */
export async function readMailStop(db: Db, readerHash: string, tenantId: TenantId): Promise<MailStop> {
  const rows = await db.selectFrom("mail_stop").select("tenant_id").where("reader_hash", "=", readerHash)
    .where("tenant_id", "in", ["", tenantId]).execute();
  if (rows.length === 0) return "none";
  return rows.some(({ tenant_id }) => tenant_id === "") ? "all" : "tenant";
}

/** Stores the reader's choice about this tenant's mails; `none` also withdraws a refusal of all. */
export async function writeMailStop(
  db: Db,
  readerHash: string,
  tenantId: TenantId,
  stop: MailStop,
  now: number,
): Promise<void> {
  if (stop === "none") {
    await db.deleteFrom("mail_stop").where("reader_hash", "=", readerHash)
      .where("tenant_id", "in", ["", tenantId]).execute();
    return;
  }
  await db.insertInto("mail_stop")
    .values({ reader_hash: readerHash, tenant_id: stop === "all" ? "" : tenantId, at: new Date(now) })
    .onConflict((conflict) => conflict.doNothing()).execute();
}
