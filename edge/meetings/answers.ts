import type { MeetingContext } from "../context.ts";
import { sendsMail } from "../config.ts";
import { languageOf } from "../mail/language.ts";
import { queueMail } from "../mail/mail.ts";
import { ROOMS_AT_ONCE } from "../store/erase.ts";
import {
  type AnsweredMeeting,
  listAnswersSince,
  lockAnsweredMeetings,
  noteAnswersTold,
} from "../store/meeting_answers.ts";
import type { Db } from "../store/schema.ts";
import { inTransaction } from "../store/transaction.ts";
import { originOf } from "./notices.ts";

/** Least time between two mails about a meeting's answers, ms. */
export const ANSWERS_TOGETHER_MS = 10 * 60_000;

/** Most answers listed in one mail; the others are only counted. */
const MAX_NAMED = 50;

/**
 * Sends owners the answers to their meetings since the last mail: one mail per meeting. Returns the number of
 * meetings, at most 100 per call.
 */
export function notifyAnswers(
  { db, config, now }: Pick<MeetingContext, "db" | "config" | "now">,
): Promise<number> {
  return inTransaction(db, async (trx) => {
    const at = now();
    const due = await lockAnsweredMeetings(trx, at, ROOMS_AT_ONCE);
    for (const answered of due) {
      if (sendsMail(config)) await notifyOwner(trx, { config }, answered, at);
      await noteAnswersTold(trx, answered.meeting.id, at);
    }
    return due.length;
  });
}

async function notifyOwner(
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
    tenantId: meeting.tenantId,
    to: { name: owner.name, address: email },
    language: languageOf(owner.language),
    content: {
      kind: "meeting.answered",
      title: meeting.title,
      answers: answers.slice(0, MAX_NAMED),
      more: Math.max(0, answers.length - MAX_NAMED),
      url: `${origin}/meetings/${meeting.id}/people`,
      settingsUrl: `${origin}/account`,
    },
  }, at);
}
