import { shownEmail } from "@tafelrunde/protocol";
import type { AccountId, MeetingId } from "@tafelrunde/protocol";
import type { InvitationAnswer } from "@tafelrunde/protocol/http";
import { sql } from "kysely";
import { type Account, findAccount } from "./account.ts";
import { type Meeting, meetingOf } from "./meeting.ts";
import type { Db } from "./schema.ts";

/** What somebody has said to an invitation. */
export interface GivenAnswer {
  readonly name: string;
  readonly answer: Exclude<InvitationAnswer, "none">;
}

/** A meeting whose owner is to be told of answers. `toldAt`: those given by then they know, ms; null: they know of none. */
export interface AnsweredMeeting {
  readonly meeting: Meeting;
  readonly owner: Account;
  readonly toldAt: number | null;
}

/**
 * The owner is to hear of an answer: now, or when `togetherMs` have passed since they were last told. Locks the meeting. Gives when the answer
 * counts as given (ms): later than all that they have been told.
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

/** Up to `count` meetings whose owners are to be told of answers by `now` (ms), locked; others that look at the same time find others. */
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

/** The owner has been told of what was answered by `now` (ms). */
export async function noteAnswersTold(trx: Db, id: MeetingId, now: number): Promise<void> {
  await trx.updateTable("meeting").set({ answers_due_at: null, answers_told_at: new Date(now) })
    .where("id", "=", id).execute();
}

/** What has been answered after `since` (ms; null: ever), the earliest first. There are at most MAX_INVITED. */
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
