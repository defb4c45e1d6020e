import type { MeetingContext } from "../context.ts";
import type { AccountId, MeetingId, RoomId } from "@tafelrunde/protocol";
import { type Bearer, requireEffect } from "../identity/effects.ts";
import type { Removal } from "../rooms/removal.ts";
import { findInvitedRole, readInvitedAccounts, writeInvitedRole } from "../store/invitation.ts";
import {
  deleteMeeting,
  lockMeetingsIn,
  lockMeetingsOf,
  type MeetingRecord,
  passRoomOn,
} from "../store/meeting.ts";
import { lockRoom, lockRoomsOf } from "../store/room_record.ts";
import type { Db } from "../store/schema.ts";
import { inTransaction } from "../store/transaction.ts";
import { type Actor, lockChangeable } from "./access.ts";
import type { Telling } from "./invite.ts";
import { notifyInvited } from "./notices.ts";
import { requireVersion } from "./plan.ts";

/**
 * Deletes a meeting, its invitations with what they granted, and its room if that was created with it. People
 * invited to an upcoming meeting are notified.
 */
export function removeMeeting(
  context: MeetingContext,
  actor: Actor,
  id: MeetingId,
  version: number | undefined,
  { notify }: Telling,
): Promise<Removal> {
  return inTransaction(context.db, async (trx) => {
    const meeting = await lockChangeable(trx, actor, id, { withRoom: true });
    requireVersion(meeting, version);
    if (notify) await notifyCancelled(trx, context, meeting);
    return await eraseMeeting(trx, meeting);
  });
}

/**
 * Cancels a room's meetings before `by` deletes the room: people invited to upcoming ones are notified.
 * Throws 403 for a key without the scopes. Part of the transaction `trx`.
 */
export async function callOffMeetingsIn(
  trx: Db,
  context: MeetingContext,
  by: Bearer,
  roomId: RoomId,
): Promise<Removal> {
  requireEffect(by, "room.delete");
  await lockRoom(trx, roomId);
  const meetings = await lockMeetingsIn(trx, [roomId]);
  if (meetings.length > 0) requireEffect(by, "meeting.delete");
  for (const meeting of meetings) await notifyCancelled(trx, context, meeting);
  return { rooms: [roomId], standings: [] };
}

/**
 * Cancels an account's meetings before `by` deletes the account: people invited to its upcoming meetings, or
 * to those in its rooms, are notified; roles that its meetings gave in the rooms of others are removed.
 * Throws 403 for a key without the scopes. Part of the transaction `trx`.
 */
export async function callOffMeetingsOf(
  trx: Db,
  context: MeetingContext,
  by: Bearer,
  accountId: AccountId,
): Promise<Removal> {
  const rooms = await lockRoomsOf(trx, accountId);
  if (rooms.length > 0) requireEffect(by, "room.delete");
  const own = await lockMeetingsOf(trx, accountId);
  const others = (await lockMeetingsIn(trx, rooms)).filter(({ ownerId }) => ownerId !== accountId);
  if (own.length + others.length > 0) requireEffect(by, "meeting.delete");
  for (const meeting of [...own, ...others]) await notifyCancelled(trx, context, meeting);
  const elsewhere = own.filter(({ roomId }) => !rooms.includes(roomId));
  const removals: Removal[] = [];
  for (const meeting of elsewhere) removals.push(await eraseMeeting(trx, meeting));
  return {
    rooms: [...rooms, ...removals.flatMap((removal) => removal.rooms)],
    standings: removals.flatMap(({ standings }) => standings),
  };
}

/**
 * Deletes a meeting with all that its invitations granted, without notifying anyone. Its own room is deleted
 * too, unless another meeting uses it.
 */
export async function eraseMeeting(trx: Db, meeting: MeetingRecord): Promise<Removal> {
  const { id, roomId } = meeting;
  const hasOwnRoom = meeting.hasOwnRoom && !await passRoomOn(trx, meeting);
  const before = new Map<AccountId, Awaited<ReturnType<typeof findInvitedRole>>>();
  if (!hasOwnRoom) {
    for (const account of await readInvitedAccounts(trx, id)) {
      before.set(account, await findInvitedRole(trx, roomId, account));
    }
  }
  await deleteMeeting(trx, { ...meeting, hasOwnRoom });
  for (const [account, role] of before) await writeInvitedRole(trx, roomId, account, role);
  return hasOwnRoom
    ? { rooms: [roomId], standings: [] }
    : { rooms: [], standings: [{ roomId, accounts: [...before.keys()] }] };
}

/** Notifies invited people of the cancellation, unless the meeting is over or already cancelled. */
async function notifyCancelled(trx: Db, context: MeetingContext, meeting: MeetingRecord): Promise<void> {
  const isOver = meeting.listed.until !== null && meeting.listed.until <= context.now();
  if (meeting.cancelledAt !== null || isOver) return;
  await notifyInvited(trx, context, { ...meeting, sequence: meeting.sequence + 1 }, {
    kind: "meeting.cancelled",
  });
}
