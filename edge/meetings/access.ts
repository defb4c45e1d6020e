import { type AccountId, type MeetingId, moderates, type TenantId } from "@tafelrunde/protocol";
import type { LinkRole } from "@tafelrunde/protocol/http";
import { DomainError } from "../errors.ts";
import { bearerOf, type TenantCaller } from "../identity/caller.ts";
import { type Bearer, requireEffect } from "../identity/effects.ts";
import { requireRight } from "../rooms/room_right.ts";
import { findInvitationOf } from "../store/invitation.ts";
import { findMeeting, lockMeeting, type MeetingRecord, wasMadeForMeeting } from "../store/meeting.ts";
import { findRoomRecord } from "../store/room_record.ts";
import type { Db } from "../store/schema.ts";

/** Who acts on meetings. */
export interface Actor extends Bearer {
  readonly tenantId: TenantId;
  /** Null: a program. */
  readonly accountId: AccountId | null;
  /**
   * Whether the actor may read and change all meetings of the tenant: admins, and programs with the scope.
   */
  readonly governs: boolean;
}

export function actorOf(caller: TenantCaller): Actor {
  const { scopes } = bearerOf(caller);
  return caller.kind === "key" ? { tenantId: caller.tenantId, accountId: null, governs: true, scopes } : {
    scopes,
    tenantId: caller.account.tenantId,
    accountId: caller.account.id,
    governs: caller.account.role === "admin",
  };
}

/** Whether the actor may change the meeting. */
export function mayChange(
  { accountId, governs }: Actor,
  { ownerId }: Pick<MeetingRecord, "ownerId">,
): boolean {
  return governs || accountId === ownerId;
}

/** The meeting, if the actor may read it. Throws 404 for everyone else. */
export async function getReadable(db: Db, actor: Actor, id: MeetingId): Promise<MeetingRecord> {
  const meeting = await findMeeting(db, actor.tenantId, id);
  if (meeting === undefined) throw new DomainError("meeting.unknown");
  if (mayChange(actor, meeting) || await isInvited(db, actor, id)) return meeting;
  throw new DomainError("meeting.unknown");
}

/**
 * The meeting, locked (`withRoom`: for deletion with its room), if the actor may change it. Throws 404 for
 * actors who may not read it, 403 for those who may only read it.
 */
export async function lockChangeable(
  trx: Db,
  actor: Actor,
  id: MeetingId,
  { withRoom = false } = {},
): Promise<MeetingRecord> {
  const meeting = await lockMeeting(trx, actor.tenantId, id, { withRoom });
  if (meeting === undefined) throw new DomainError("meeting.unknown");
  if (mayChange(actor, meeting)) {
    requireEffect(actor, "meeting.change");
    return meeting;
  }
  if (!await isInvited(trx, actor, id)) throw new DomainError("meeting.unknown");
  throw new DomainError("meeting.notYours");
}

/**
 * Throws 403 if the actor may not give this role in the meeting's room: the room might have a new owner since
 * the meeting was created, or only be used by the meeting.
 */
export async function requireGiving(
  trx: Db,
  actor: Actor,
  { roomId }: Pick<MeetingRecord, "roomId">,
  role: LinkRole | null,
): Promise<void> {
  if (actor.scopes !== null) {
    requireEffect(actor, await wasMadeForMeeting(trx, roomId) ? "meeting.change" : "meeting.useRoom");
  }
  if (role !== null && moderates(role)) requireEffect(actor, "meeting.giveModerator");
  const { tenantId, accountId, governs } = actor;
  if (governs) return;
  const room = await findRoomRecord(trx, roomId, { tenantId, accountId });
  requireRight(room?.role ?? null, role === "moderator" ? "own" : "lead");
}

async function isInvited(db: Db, { accountId }: Actor, id: MeetingId): Promise<boolean> {
  return accountId !== null && await findInvitationOf(db, id, { accountId }) !== undefined;
}
