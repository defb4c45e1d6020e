import { newRowId } from "@tafelrunde/protocol";
import { sql } from "kysely";
import { anyOf } from "./any_of.ts";
import type { Db } from "./schema.ts";

/** A mail that this edge has claimed; no other edge sends it until `claimMs` have passed. */
export interface ClaimedMail {
  readonly id: string;
  readonly body: unknown;
  /** Number of earlier tries. */
  readonly tries: number;
  /** When it was queued, ms. */
  readonly queuedAt: number;
}

/**
 * Queues a mail that may be sent from `now` (ms) on. If `about` is not null, it replaces earlier mails with
 * the same `about` that are of the same kind, announce a change, or were held, so that none of them is sent
 * after it.
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

/** Claims up to `count` due mails for `claimMs`, longest waiting first. */
export async function claimMails(
  db: Db,
  count: number,
  claimMs: number,
  now: number,
): Promise<ClaimedMail[]> {
  const due = db.selectFrom("mail").select("id").where("due_at", "<=", new Date(now))
    .orderBy("due_at").limit(count).forUpdate().skipLocked();
  const rows = await db.updateTable("mail")
    .set({ due_at: new Date(now + claimMs), tries: sql<number>`tries + 1`, is_held: false })
    .where("id", "=", anyOf(due))
    .returning(["id", "body", "tries", "created_at"]).execute();
  return rows.map(({ id, body, tries, created_at }) => ({
    id,
    body,
    tries: tries - 1,
    queuedAt: created_at.getTime(),
  }));
}

/** Returns a claimed mail for another try at `dueAt` (ms). */
export async function deferMail(db: Db, id: string, dueAt: number): Promise<void> {
  await db.updateTable("mail").set({ due_at: new Date(dueAt) }).where("id", "=", id).execute();
}

/** Holds a claimed mail back until `dueAt` (ms), without counting a try. */
export async function holdMail(db: Db, id: string, dueAt: number): Promise<void> {
  await db.updateTable("mail").set({ due_at: new Date(dueAt), tries: sql<number>`tries - 1`, is_held: true })
    .where("id", "=", id).execute();
}

/** Deletes a mail that was sent or given up. */
export async function deleteMail(db: Db, id: string): Promise<void> {
  await db.deleteFrom("mail").where("id", "=", id).execute();
}
