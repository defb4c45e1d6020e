import type { TenantId } from "@tafelrunde/protocol";
import type { Db } from "./schema.ts";

/** Whose mails a reader does not want: those of one tenant, those of all of this installation, or none such. */
export type MailStop = "none" | "tenant" | "all";

/** What the reader has said of this tenant's mails. */
export async function readMailStop(db: Db, readerHash: string, tenantId: TenantId): Promise<MailStop> {
  const rows = await db.selectFrom("mail_stop").select("tenant_id").where("reader_hash", "=", readerHash)
    .where("tenant_id", "in", ["", tenantId]).execute();
  if (rows.length === 0) return "none";
  return rows.some(({ tenant_id }) => tenant_id === "") ? "all" : "tenant";
}

/** Notes what the reader says of this tenant's mails; `none` takes back what was said of all, too. */
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
