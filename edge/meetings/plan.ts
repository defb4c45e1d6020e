import type { MeetingContext } from "../context.ts";
import {
  type AccountId,
  cutText,
  type LinkSecret,
  MAX_ROOM_NAME,
  type MeetingId,
  newRowId,
} from "@tafelrunde/protocol";
import {
  type ChangeMeeting,
  type CreateMeeting,
  MeetingTime,
  type MeetingTimeChange,
  type Reason,
} from "@tafelrunde/protocol/http";
import * as v from "valibot";
import { DomainError, invalidInput } from "../errors.ts";
import { requireEffect } from "../identity/effects.ts";
import { makeRoom } from "../rooms/make_room.ts";
import { type Account, findAccount } from "../store/account.ts";
import { clearAnswers } from "../store/invitation.ts";
import {
  countMeetingsOf,
  deleteExceptions,
  type Exception,
  insertMeeting,
  listedAt,
  lockRoomOwner,
  type MeetingRecord,
  readExceptions,
  updateMeeting,
} from "../store/meeting.ts";
import type { Db } from "../store/schema.ts";
import { inTransaction } from "../store/transaction.ts";
import { type Actor, lockChangeable } from "./access.ts";
import { invitePeople, requireNotCancelled, type Telling } from "./invite.ts";
import { notifyInvited } from "./notices.ts";
import { findListed, findTimeFault, normalTime } from "./series.ts";

/** A new meeting, and the secret of its room's link if the room is new too. */
export interface MadeMeeting {
  readonly meeting: MeetingRecord;
  readonly link: LinkSecret | null;
}

/**
 * Creates a meeting, with a room unless one is named, and invites people to it. Throws 422 for an invalid
 * time, room, owner or guest, the errors of makeRoom and invite, and 409 `meeting.tooMany`.
 */
export function createMeeting(
  context: MeetingContext,
  actor: Actor,
  wish: CreateMeeting,
  telling: Telling,
): Promise<MadeMeeting> {
  const time = wish.time && checkTime(wish.time);
  return inTransaction(context.db, async (trx) => {
    const now = context.now();
    requireEffect(actor, wish.room === undefined ? "meeting.change" : "meeting.useRoom");
    const owner = await getOwner(trx, actor, wish.owner);
    const { room, link } = await takeRoom(trx, actor, owner, wish, now);
    await requireMeetingLeft(trx, context, owner.id);
    const meeting = {
      id: newRowId() as MeetingId,
      tenantId: actor.tenantId,
      roomId: room,
      hasOwnRoom: link !== null,
      ownerId: owner.id,
      title: wish.title,
      description: wish.description,
      time,
      sequence: 0,
      cancelledAt: null,
      version: 1,
      createdAt: now,
      listed: listedAt(time && findListed(time, [], now), now),
    };
    await insertMeeting(trx, meeting);
    await invitePeople(trx, context, actor, meeting, wish.invite, telling);
    return { meeting, link };
  });
}

/**
 * Changes a meeting. A new time resets all answers, and removes the exceptions if the days change. `version`:
 * the one to change; undefined: any. Throws 412 if it has changed meanwhile.
 */
export function changeMeeting(
  context: MeetingContext,
  actor: Actor,
  id: MeetingId,
  version: number | undefined,
  wish: ChangeMeeting,
  { notify }: Telling,
): Promise<MeetingRecord> {
  return inTransaction(context.db, async (trx) => {
    const before = await lockChangeable(trx, actor, id);
    requireVersion(before, version);
    requireNotCancelled(before);
    const time = wish.time && checkTime(mergeTime(before.time, wish.time));
    if (time === null && before.time !== null) {
      throw invalidInput({ name: "time", reason: "needed" });
    }
    const changesTime = time !== undefined && JSON.stringify(time) !== JSON.stringify(before.time);
    if (changesTime) {
      await clearAnswers(trx, id);
      if (time === null || before.time === null || !hasSameDays(time, before.time)) {
        await deleteExceptions(trx, id);
      }
    }
    const now = context.now();
    const meeting = await updateMeeting(trx, id, {
      ...wish.title !== undefined && { title: wish.title },
      ...wish.description !== undefined && { description: wish.description },
      ...changesTime && {
        time,
        listed: listedAt(time && findListed(time, await readExceptions(trx, id), now), before.createdAt),
      },
      sequence: before.sequence + 1,
    });
    if (notify) await notifyInvited(trx, context, meeting, { kind: "meeting.changed" });
    return meeting;
  });
}

/** Cancels a meeting: it stays in lists as cancelled. No effect if it is cancelled already. */
export function cancelMeeting(
  context: MeetingContext,
  actor: Actor,
  id: MeetingId,
  { notify }: Telling,
): Promise<MeetingRecord> {
  return inTransaction(context.db, async (trx) => {
    const before = await lockChangeable(trx, actor, id);
    if (before.cancelledAt !== null) return before;
    const change = { cancelledAt: context.now(), sequence: before.sequence + 1 };
    const meeting = await updateMeeting(trx, id, change);
    if (notify) await notifyInvited(trx, context, meeting, { kind: "meeting.cancelled" });
    return meeting;
  });
}

/**
 * Updates the meeting's place in lists after its exceptions have changed, and increments its version and
 * SEQUENCE.
 */
export function moveInLists(
  trx: Db,
  meeting: MeetingRecord,
  exceptions: readonly Exception[],
  now: number,
): Promise<MeetingRecord> {
  return updateMeeting(trx, meeting.id, {
    sequence: meeting.sequence + 1,
    listed: listedAt(meeting.time && findListed(meeting.time, exceptions, now), meeting.createdAt),
  });
}

/** Throws 409 if the owner of a new meeting has reached the limit. */
export async function requireMeetingLeft(
  trx: Db,
  { config: { MEETINGS_PER_OWNER: most } }: MeetingContext,
  ownerId: AccountId,
): Promise<void> {
  if (await countMeetingsOf(trx, ownerId, most) < most) return;
  throw new DomainError("meeting.tooMany", { most });
}

/** Throws 412. */
export function requireVersion(meeting: MeetingRecord, version: number | undefined): void {
  if (version !== undefined && version !== meeting.version) throw new DomainError("version.outdated");
}

/** Merges a change into a time. Throws 422 if a permanent meeting gets less than a complete time. */
function mergeTime(before: MeetingTime | null, change: MeetingTimeChange): MeetingTime {
  const merged = { ...before, ...change };
  const result = v.safeParse(MeetingTime, merged);
  if (result.success) return result.output;
  const missing = result.issues.map((issue) => `time.${v.getDotPath(issue)}`);
  throw invalidInput(...missing.map((name) => ({ name, reason: "missing" } as const)));
}

/** The time as stored. Throws 422 with its fault. */
export function checkTime(time: MeetingTime): MeetingTime {
  const fault = findTimeFault(time);
  if (fault !== undefined) {
    throw invalidInput({ name: `time.${fault.field}`, reason: fault.reason });
  }
  return normalTime(time);
}

/** Whether the rule has the same occurrences; their length is not compared. */
export function hasSameDays(one: MeetingTime, other: MeetingTime): boolean {
  return one.start === other.start && one.timeZone === other.timeZone && one.recurrence === other.recurrence;
}

async function getOwner(trx: Db, actor: Actor, wished: AccountId | undefined): Promise<Account> {
  const id = wished ?? actor.accountId;
  const fault = (reason: Reason) => invalidInput({ name: "owner", reason });
  if (id === null) throw fault("missing");
  if (id !== actor.accountId && !actor.governs) throw fault("notAllowed");
  const owner = await findAccount(trx, id);
  if (owner === undefined || owner.tenantId !== actor.tenantId || owner.isDisabled) throw fault("unknown");
  return owner;
}

/** The named room, or a new one with the secret of its link. */
async function takeRoom(
  trx: Db,
  { tenantId, governs }: Actor,
  owner: Account,
  wish: CreateMeeting,
  now: number,
) {
  const { room, title, settings, isAdhoc } = wish;
  if (room === undefined) {
    const name = cutText(title, MAX_ROOM_NAME);
    return await makeRoom(
      trx,
      { name, tenantId, ownerId: owner.id, ...settings && { settings }, isAdhoc },
      now,
    );
  }
  const fault = (name: string, reason: Reason) => invalidInput({ name, reason });
  if (settings !== undefined) throw fault("settings", "roomExists");
  if (isAdhoc) throw fault("isAdhoc", "roomExists");
  const found = await lockRoomOwner(trx, tenantId, room);
  if (found === undefined || found !== owner.id && !governs) throw fault("room", "unknown");
  return { room, link: null };
}
