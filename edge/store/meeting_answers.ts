import { shownEmail } from "@tafelrunde/protocol";
import type { AccountId, MeetingId } from "@tafelrunde/protocol";
import type { InvitationAnswer } from "@tafelrunde/protocol/http";
import { sql } from "kysely";
import { type Account, findAccount } from "./account.ts";
import { meetingOf, type MeetingRecord } from "./meeting.ts";
import type { Db } from "./schema.ts";

/** An answer to an invitation. */
export interface GivenAnswer {
  readonly name: string;
  readonly answer: Exclude<InvitationAnswer, "none">;
}

/**
 * A meeting whose owner must be notified of answers. `toldAt`: they know those up to then, ms; null: none.
 */
export interface AnsweredMeeting {
  readonly meeting: MeetingRecord;
  readonly owner: Account;
  readonly toldAt: number | null;
}

/**
 * Schedules a notification of the owner about an answer: now, or `togetherMs` after the last one. Locks the
 * meeting. Returns the time of the answer (ms), which is later than all that the owner has been told.
 */
export async function noteAnswer(
  trx: Db,
  id: MeetingId,
  now: number,
  togetherMs: number,
): Promise<number> {
  const at = new Date(now);
  const row = await trx.updateTable("meeting").set({
    answers_due_at: sql<Date>`coalesce(answers_due_at,
      greatest(${at}::timestamptz, answers_told_at + ${togetherMs} * interval '1 millisecond'))`,
  }).where("id", "=", id).returning("answers_told_at").executeTakeFirst();
  return Math.max(now, (row?.answers_told_at?.getTime() ?? 0) + 1);
}

/**
 * Up to `count` meetings whose owners must be notified by `now` (ms), locked; concurrent callers get others.
 */
export async function lockAnsweredMeetings(trx: Db, now: number, count: number): Promise<AnsweredMeeting[]> {
  const rows = await trx.selectFrom("meeting").selectAll().where("answers_due_at", "<=", new Date(now))
    .orderBy("answers_due_at").limit(count).forUpdate().skipLocked().execute();
  const found: AnsweredMeeting[] = [];
  for (const row of rows) {
    const owner = await findAccount(trx, row.owner_id as AccountId);
    if (owner === undefined) continue;
    found.push({ meeting: meetingOf(row), owner, toldAt: row.answers_told_at?.getTime() ?? null });
  }
  return found;
}

/** Records that the owner knows the answers up to `now` (ms). */
export async function noteAnswersTold(trx: Db, id: MeetingId, now: number): Promise<void> {
  await trx.updateTable("meeting").set({ answers_due_at: null, answers_told_at: new Date(now) })
    .where("id", "=", id).execute();
}

/** The answers after `since` (ms; null: all), earliest first; at most MAX_INVITED. */
export async function listAnswersSince(
  trx: Db,
  id: MeetingId,
  since: number | null,
): Promise<GivenAnswer[]> {
  const rows = await trx.selectFrom("invitation as i").leftJoin("account as a", "a.id", "i.account_id")
    .select(["i.answer", "i.email", "i.name", "a.name as account_name"])
    .where("i.meeting_id", "=", id).where("i.answered_at", "is not", null).where("i.answer", "!=", "none")
    .$if(since !== null, (query) => query.where("i.answered_at", ">", new Date(since!)))
    .orderBy("i.answered_at").orderBy("i.id").execute();
  return rows.map((row) => ({
    name: row.account_name ?? (row.name || shownEmail(row.email ?? "")),
    answer: row.answer as GivenAnswer["answer"],
  }));
}
