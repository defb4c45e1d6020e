import type { MeetingContext } from "../context.ts";
import type { MeetingId } from "@tafelrunde/protocol";
import { type ChangeOccurrence, type LocalTime, MAX_EXCEPTIONS } from "@tafelrunde/protocol/http";
import { DomainError } from "../errors.ts";
import {
  deleteExceptions,
  type Exception,
  type MeetingRecord,
  type Occurrence,
  putException,
  readExceptions,
} from "../store/meeting.ts";
import { inTransaction } from "../store/transaction.ts";
import { type Actor, lockChangeable } from "./access.ts";
import { requireNotCancelled, type Telling } from "./invite.ts";
import { notifyInvited } from "./notices.ts";
import { moveInLists } from "./plan.ts";
import { findOccurrence } from "./series.ts";

/**
 * Changes one occurrence of a series, or (`wish` undefined) resets it. Throws 404 `original.unknown` if the
 * rule does not have it, 409 `meeting.notSeries`, `meeting.tooManyExceptions`, `meeting.cancelled`.
 */
export function changeOccurrence(
  context: MeetingContext,
  actor: Actor,
  id: MeetingId,
  original: LocalTime,
  wish: ChangeOccurrence | undefined,
  { notify }: Telling,
): Promise<{ meeting: MeetingRecord; occurrence: Occurrence }> {
  return inTransaction(context.db, async (trx) => {
    const before = await lockChangeable(trx, actor, id);
    requireNotCancelled(before);
    const { time } = before;
    if (time === null || time.recurrence === null) {
      throw new DomainError("meeting.notSeries");
    }
    const exceptions = await readExceptions(trx, id);
    const was = findOccurrence(time, exceptions, original);
    if (was === undefined) throw new DomainError("original.unknown");
    const others = exceptions.filter((one) => one.original !== original);
    if (wish === undefined) await deleteExceptions(trx, id, original);
    else {
      if (others.length >= MAX_EXCEPTIONS) {
        throw new DomainError("meeting.tooManyExceptions", { most: MAX_EXCEPTIONS });
      }
      const exception = exceptionOf(original, wish);
      await putException(trx, id, exception);
      others.push(exception);
    }
    const meeting = await moveInLists(trx, before, others, context.now());
    const occurrence = findOccurrence(time, others, original)!;
    if (notify) {
      const isCancelled = occurrence.exception?.isCancelled ?? false;
      const isElsewhere = occurrence.startsAt !== was.startsAt || occurrence.endsAt !== was.endsAt ||
        isCancelled;
      await notifyInvited(trx, context, meeting, {
        kind: "meeting.changed",
        ...isElsewhere && { changed: { wasAt: was.startsAt, is: isCancelled ? null : occurrence } },
      });
    }
    return { meeting, occurrence };
  });
}

function exceptionOf(original: LocalTime, wish: ChangeOccurrence): Exception {
  const { isCancelled, start = null, durationMinutes = null, title = null } = wish;
  return { original, isCancelled, start, durationMinutes, title };
}
