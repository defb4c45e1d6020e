import { anyOf } from "./any_of.ts";
import type { Db } from "./schema.ts";

/** A mail in the table of releases that had no outbox. */
export interface OldMail {
  readonly id: string;
  readonly body: unknown;
  /** When it was queued, ms. */
  readonly queuedAt: number;
}

/** Takes up to `count` mails that no edge of an older release has claimed. */
export async function takeOldMails(db: Db, count: number, now: number): Promise<OldMail[]> {
  const free = db.selectFrom("mail").select("id")
    .where((eb) => eb.or([eb("due_at", "<=", new Date(now)), eb("is_held", "=", true)]))
    .limit(count).forUpdate().skipLocked();
  const rows = await db.deleteFrom("mail").where("id", "=", anyOf(free))
    .returning(["id", "body", "created_at"]).execute();
  return rows.map(({ id, body, created_at }) => ({ id, body, queuedAt: created_at.getTime() }));
}
