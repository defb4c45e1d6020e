import type { MeetingContext } from "../context.ts";
import { type MeetingId, newRowId } from "@tafelrunde/protocol";
import type { ChangeFollowing, LocalTime, MeetingTime } from "@tafelrunde/protocol/http";
import { DomainError, refusalError } from "../errors.ts";
import { countInvitations } from "../store/invitation.ts";
import {
  deleteExceptions,
  type Exception,
  insertMeeting,
  listedAt,
  type MeetingRecord,
  putException,
  readExceptions,
  updateMeeting,
} from "../store/meeting.ts";
import { noteAnswersTold } from "../store/meeting_answers.ts";
import type { Db } from "../store/schema.ts";
import { inTransaction } from "../store/transaction.ts";
import { type Actor, lockChangeable } from "./access.ts";
import { inviteTheSame, requireNotCancelled, type Telling } from "./invite.ts";
import { notifyInvited } from "./notices.ts";
import { checkTime, hasSameDays, requireMeetingLeft } from "./plan.ts";
import { AFTER_ALL, findListed, isOccurrence, moveStart, splitTime } from "./series.ts";

/** A shortened series, and what it lost. */
interface Shortened {
  readonly meeting: MeetingRecord;
  /** The part that was cut off, as it would have continued, and its exceptions. */
  readonly after: MeetingTime;
  readonly exceptions: readonly Exception[];
  /** When its last occurrence begins, ms. */
  readonly lastAt: number;
}

/**
 * Cancels one occurrence of a series and all later ones: the series ends before it. Throws 404
 * `original.unknown` if the rule does not have it, 409 `meeting.notSeries`, `meeting.isFirst` (that is the
 * whole series), `meeting.cancelled`.
 */
export function cancelFollowing(
  context: MeetingContext,
  actor: Actor,
  id: MeetingId,
  original: LocalTime,
  { notify }: Telling,
): Promise<MeetingRecord> {
  return inTransaction(context.db, async (trx) => {
    const { meeting, lastAt } = await shorten(trx, context, actor, id, original);
    if (notify) await notifyInvited(trx, context, meeting, { kind: "meeting.shortened", lastAt });
    return meeting;
  });
}

/**
 * Changes one occurrence of a series and all later ones. They become a new meeting, in the same room, with
 * the same people; the series ends before. Returns the new one. Exceptions are copied and answers kept if the
 * time stays the same. Throws the same as `cancelFollowing`, 409 `meeting.tooMany`, and 429 if the actor has
 * copied too much.
 */
export function changeFollowing(
  context: MeetingContext,
  actor: Actor,
  id: MeetingId,
  original: LocalTime,
  wish: ChangeFollowing,
  { notify }: Telling,
): Promise<MeetingRecord> {
  return inTransaction(context.db, async (trx) => {
    const now = context.now();
    const { meeting: before, after, exceptions: lost, lastAt } = await shorten(
      trx,
      context,
      actor,
      id,
      original,
      ({ ownerId }) => requireMeetingLeft(trx, context, ownerId),
    );
    const { start = after.start, durationMinutes = after.durationMinutes } = wish;
    const time = checkTime({ ...moveStart(after, start), durationMinutes });
    const exceptions = hasSameDays(time, after) ? lost : [];
    await takeCopies(trx, context, actor, exceptions.length + await countInvitations(trx, id));
    const meeting: MeetingRecord = {
      ...before,
      id: newRowId() as MeetingId,
      hasOwnRoom: false,
      title: wish.title ?? before.title,
      description: wish.description ?? before.description,
      time,
      sequence: 0,
      version: 1,
      createdAt: now,
      listed: listedAt(findListed(time, exceptions, now), now),
    };
    await insertMeeting(trx, meeting);
    for (const exception of exceptions) await putException(trx, meeting.id, exception);
    const keepAnswers = hasSameDays(time, after) && time.durationMinutes === after.durationMinutes;
    await inviteTheSame(trx, context, before, meeting, { keepAnswers });
    // The owner has got these answers, or will get them as answers to the earlier series.
    if (keepAnswers) await noteAnswersTold(trx, meeting.id, now);
    if (notify) {
      await notifyInvited(trx, context, before, { kind: "meeting.shortened", lastAt });
      await notifyInvited(trx, context, meeting, { kind: "meeting.changed" });
    }
    return meeting;
  });
}

/** A split costs one point per copied row, and nothing if it fails. Throws 429. */
async function takeCopies(trx: Db, { limits }: MeetingContext, actor: Actor, rows: number): Promise<void> {
  if (rows === 0) return;
  const refusal = await limits.takeIn(
    trx,
    "meeting.copy",
    actor.accountId ?? `tenant ${actor.tenantId}`,
    rows,
  );
  if (refusal !== undefined) throw refusalError(refusal);
}

/**
 * Ends a series before one of its occurrences. `allow` throws if that is not possible; it gets the number of
 * exceptions that the series loses.
 */
async function shorten(
  trx: Db,
  context: MeetingContext,
  actor: Actor,
  id: MeetingId,
  original: LocalTime,
  allow: (meeting: MeetingRecord, lost: number) => Promise<void> = async () => {},
): Promise<Shortened> {
  const before = await lockChangeable(trx, actor, id);
  requireNotCancelled(before);
  const { time } = before;
  if (time === null || time.recurrence === null) {
    throw new DomainError("meeting.notSeries");
  }
  if (!isOccurrence(time, original)) throw new DomainError("original.unknown");
  if (original === time.start) {
    throw new DomainError("meeting.isFirst");
  }
  const parts = splitTime({ ...time, recurrence: time.recurrence }, original);
  const exceptions = await readExceptions(trx, id);
  const kept = exceptions.filter((exception) => exception.original < original);
  const lost = exceptions.filter((exception) => exception.original >= original);
  await allow(before, lost.length);
  for (const exception of lost) await deleteExceptions(trx, id, exception.original);
  const meeting = await updateMeeting(trx, id, {
    time: parts.before,
    sequence: before.sequence + 1,
    listed: listedAt(findListed(parts.before, kept, context.now()), before.createdAt),
  });
  const { occurrence: last } = findListed(parts.before, kept, AFTER_ALL);
  return { meeting, after: parts.after, exceptions: lost, lastAt: last.startsAt };
}
