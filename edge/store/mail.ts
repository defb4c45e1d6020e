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

/**
 * Stores a mail that may be sent from `now` (ms) on. It takes the place of those with the same `about` that are of its kind, tell a change, or were held
 * back, so that none of them comes after it; null: of none.
 */
export async function insertMail(
  db: Db,
  body: { readonly kind: string },
  about: string | null,
  now: number,
): Promise<void> {
  if (about !== null) {
    await db.deleteFrom("mail").where("about", "=", about)
      .where(
        sql<boolean>`(is_held or body ->> 'kind' in ('meeting.changed', 'meeting.shortened', ${body.kind}))`,
      )
      .execute();
  }
  const at = new Date(now);
  const id = newRowId();
  await db.insertInto("mail").values({ id, body: JSON.stringify(body), about, due_at: at, created_at: at })
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
    .set({ due_at: new Date(now + claimMs), tries: sql<number>`tries + 1`, is_held: false })
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

/** Holds a claimed mail back until `dueAt` (ms), as if it had not been tried. */
export async function holdMail(db: Db, id: string, dueAt: number): Promise<void> {
  await db.updateTable("mail").set({ due_at: new Date(dueAt), tries: sql<number>`tries - 1`, is_held: true })
    .where("id", "=", id).execute();
}

/** Forgets a mail that was sent or given up. */
export async function deleteMail(db: Db, id: string): Promise<void> {
  await db.deleteFrom("mail").where("id", "=", id).execute();
}
