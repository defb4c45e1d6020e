import { newRowId } from "@tafelrunde/protocol";
import { sql } from "kysely";
import type { Db } from "./schema.ts";

/** A mail that this edge has taken and nobody else sends until `claimMs` have passed. */
export interface ClaimedMail {
  readonly id: string;
  readonly body: unknown;
  /** How often it was tried before. */
  readonly tries: number;
  /** When it was queued, ms. */
  readonly queuedAt: number;
}

/** Stores a mail that may be sent from `now` (ms) on. */
export async function insertMail(db: Db, body: unknown, now: number): Promise<void> {
  const at = new Date(now);
  const id = newRowId();
  await db.insertInto("mail").values({ id, body: JSON.stringify(body), due_at: at, created_at: at })
    .execute();
}

/** Takes up to `count` mails that are due, the longest waiting first, for `claimMs`. */
export async function claimMails(
  db: Db,
  count: number,
  claimMs: number,
  now: number,
): Promise<ClaimedMail[]> {
  const rows = await db.updateTable("mail")
    .set({ due_at: new Date(now + claimMs), tries: sql<number>`tries + 1` })
    .where(
      "id",
      "in",
      (eb) =>
        eb.selectFrom("mail").select("id").where("due_at", "<=", new Date(now)).orderBy("due_at").limit(count)
          .forUpdate().skipLocked(),
    )
    .returning(["id", "body", "tries", "created_at"]).execute();
  return rows.map(({ id, body, tries, created_at }) => ({
    id,
    body,
    tries: tries - 1,
    queuedAt: created_at.getTime(),
  }));
}

/** Gives a claimed mail back, to be tried again at `dueAt` (ms). */
export async function deferMail(db: Db, id: string, dueAt: number): Promise<void> {
  await db.updateTable("mail").set({ due_at: new Date(dueAt) }).where("id", "=", id).execute();
}

/** Forgets a mail that was sent or given up. */
export async function deleteMail(db: Db, id: string): Promise<void> {
  await db.deleteFrom("mail").where("id", "=", id).execute();
}
