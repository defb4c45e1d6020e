import type { AccountId, MeetingId, TenantId } from "@tafelrunde/protocol";
import { ProblemError, unknown } from "../http/problem.ts";
import type { AccountCaller, KeyCaller } from "../http/route.ts";
import { findInvitationOf } from "../store/invitation.ts";
import { findMeeting, type Meeting } from "../store/meeting.ts";
import type { Db } from "../store/schema.ts";

/** Who does something with meetings. */
export interface Actor {
  readonly tenantId: TenantId;
  /** Null: a program. */
  readonly accountId: AccountId | null;
  /** Reads and changes all meetings of the tenant: its admins, and programs with the scope for it. */
  readonly governs: boolean;
}

export function actorOf(caller: AccountCaller | KeyCaller): Actor {
  return caller.kind === "key" ? { tenantId: caller.tenantId, accountId: null, governs: true } : {
    tenantId: caller.account.tenantId,
    accountId: caller.account.id,
    governs: caller.account.role === "admin",
  };
}

/** Whether the meeting is the actor's to change. */
export function mayChange({ accountId, governs }: Actor, { ownerId }: Pick<Meeting, "ownerId">): boolean {
  return governs || accountId === ownerId;
}

/** The meeting, for whom may read it. Throws 404 for everyone else. */
export async function getReadable(db: Db, actor: Actor, id: MeetingId): Promise<Meeting> {
  const meeting = await findMeeting(db, actor.tenantId, id);
  if (meeting === undefined) throw unknown("meeting");
  if (mayChange(actor, meeting) || await isInvited(db, actor, id)) return meeting;
  throw unknown("meeting");
}

/** The meeting, locked, for whom may change it. Throws 404 for who may not read it, 403 for who may only read it. */
export async function lockChangeable(trx: Db, actor: Actor, id: MeetingId): Promise<Meeting> {
  const meeting = await findMeeting(trx, actor.tenantId, id, { forUpdate: true });
  if (meeting === undefined) throw unknown("meeting");
  if (mayChange(actor, meeting)) return meeting;
  if (!await isInvited(trx, actor, id)) throw unknown("meeting");
  throw new ProblemError(403, "meeting.notYours", "Only its owner and the tenant's admins change a meeting.");
}

async function isInvited(db: Db, { accountId }: Actor, id: MeetingId): Promise<boolean> {
  return accountId !== null && await findInvitationOf(db, id, { accountId }) !== undefined;
}
