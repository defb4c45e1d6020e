import { sendsMail } from "../config.ts";
import { languageOf } from "../mail/language.ts";
import { queueMail } from "../mail/mail.ts";
import {
  type AnsweredMeeting,
  listAnswersSince,
  lockAnsweredMeetings,
  noteAnswersTold,
} from "../store/meeting_answers.ts";
import type { Db } from "../store/schema.ts";
import { inTransaction } from "../store/transaction.ts";
import { type MeetingContext, originOf } from "./notices.ts";

/** How long after a mail about a meeting's answers the next one waits at least, ms. */
export const ANSWERS_TOGETHER_MS = 10 * 60_000;

/** Most answers that one mail names; the others are a number. */
const MAX_NAMED = 50;

/** Meetings looked after in one transaction. */
const BATCH = 100;

/** Tells owners who has answered to their meetings since they were last told: one mail for a meeting. Gives how many meetings, at most 100 a call. */
export function tellAnswers(
  { db, config, now }: Pick<MeetingContext, "db" | "config" | "now">,
): Promise<number> {
  return inTransaction(db, async (trx) => {
    const at = now();
    const due = await lockAnsweredMeetings(trx, at, BATCH);
    for (const answered of due) {
      if (sendsMail(config)) await tellOwner(trx, { config }, answered, at);
      await noteAnswersTold(trx, answered.meeting.id, at);
    }
    return due.length;
  });
}

async function tellOwner(
  trx: Db,
  context: Pick<MeetingContext, "config">,
  { meeting, owner, toldAt }: AnsweredMeeting,
  at: number,
): Promise<void> {
  const { email } = owner;
  if (email === null || owner.isDisabled || !owner.mailsAnswers || meeting.cancelledAt !== null) return;
  const answers = await listAnswersSince(trx, meeting.id, toldAt);
  if (answers.length === 0) return;
  const origin = await originOf(trx, context, meeting);
  await queueMail(trx, {
    to: { name: owner.name, address: email },
    language: languageOf(owner.language),
    letter: {
      kind: "meeting.answered",
      title: meeting.title,
      answers: answers.slice(0, MAX_NAMED),
      more: Math.max(0, answers.length - MAX_NAMED),
      url: `${origin}/meetings/${meeting.id}/people`,
      settingsUrl: `${origin}/account`,
    },
  }, at);
}
