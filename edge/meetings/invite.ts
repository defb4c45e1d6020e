import type { MeetingContext } from "../context.ts";
import {
  type AccountId,
  type InvitationId,
  type MeetingId,
  newRowId,
  type RoomId,
} from "@tafelrunde/protocol";
import {
  type InvitationAnswer,
  type LinkRole,
  MAX_INVITED,
  type NewInvitation as Wish,
  type Reason,
} from "@tafelrunde/protocol/http";
import { sendsMail } from "../config.ts";
import { DomainError, invalidInput } from "../errors.ts";
import { findAccount, findAccountByEmail } from "../store/account.ts";
import {
  countInvitations,
  deleteInvitation,
  findInvitation,
  findInvitationOf,
  findInvitedRole,
  insertInvitation,
  type Invitation,
  listInvitations,
  setAnswer,
  setInvitationRole,
  writeInvitedRole,
} from "../store/invitation.ts";
import { deleteAgenda, insertAgenda, type MeetingRecord, raiseSequence } from "../store/meeting.ts";
import { noteAnswer } from "../store/meeting_answers.ts";
import { insertLink } from "../store/link.ts";
import type { Db } from "../store/schema.ts";
import { inTransaction } from "../store/transaction.ts";
import { type Actor, lockChangeable, requireGiving } from "./access.ts";
import { ANSWERS_TOGETHER_MS } from "./answers.ts";
import { makeInvitationSecret, notifySome } from "./notices.ts";

/** Whether people are notified by mail. */
export interface Telling {
  readonly notify: boolean;
}

/** A person to invite: an account, or an address without one. */
type Guest =
  & { readonly role: LinkRole | null; readonly name: string; readonly language: string | null }
  & (
    | { readonly accountId: NonNullable<Invitation["accountId"]>; readonly email: null }
    | { readonly accountId: null; readonly email: string }
  );

/**
 * Invites people to the actor's meeting, and returns their invitations in the same order. Throws 409
 * `meeting.cancelled`, `mail.unavailable` or `meeting.full`, and 422 for a person who does not exist.
 */
export function invite(
  context: MeetingContext,
  actor: Actor,
  meetingId: MeetingId,
  people: readonly Wish[],
  telling: Telling,
): Promise<Invitation[]> {
  return inTransaction(context.db, async (trx) => {
    const meeting = await lockChangeable(trx, actor, meetingId);
    requireNotCancelled(meeting);
    return await invitePeople(trx, context, actor, meeting, people, telling);
  });
}

/** The same within a transaction that has locked the meeting. */
export async function invitePeople(
  trx: Db,
  context: MeetingContext,
  actor: Actor,
  meeting: MeetingRecord,
  people: readonly Wish[],
  { notify }: Telling,
): Promise<Invitation[]> {
  const field = (index: number, reason: Reason) => invalidInput({ name: `people.${index}`, reason });
  const invitations: Invitation[] = [];
  for (const [index, wish] of people.entries()) {
    const guest = await findGuest(trx, meeting, wish);
    if (guest === undefined) throw field(index, "unknown");
    if (guest.accountId === meeting.ownerId) throw field(index, "owner");
    if (guest.accountId === null && notify && !sendsMail(context.config)) {
      throw new DomainError("mail.unavailable", { mail: "invitation" });
    }
    invitations.push(await inviteGuest(trx, context, actor, meeting, guest));
  }
  if (await countInvitations(trx, meeting.id) > MAX_INVITED) {
    throw new DomainError("meeting.full", { most: MAX_INVITED });
  }
  if (notify) await notifySome(trx, context, meeting, invitations, { kind: "meeting.invited" });
  return invitations;
}

/** Changes the role of an invitation. */
export function changeInvitation(
  { db }: MeetingContext,
  actor: Actor,
  meetingId: MeetingId,
  id: InvitationId,
  role: LinkRole | null | undefined,
): Promise<Invitation> {
  return inTransaction(db, async (trx) => {
    const meeting = await lockChangeable(trx, actor, meetingId);
    const invitation = await getInvitation(trx, meetingId, id);
    if (role === undefined) return invitation;
    await requireGiving(trx, actor, meeting, role);
    await setRole(trx, meeting.roomId, invitation, role);
    return { ...invitation, role };
  });
}

/**
 * Withdraws an invitation: its link and role become invalid, and the meeting disappears from the person's
 * lists and calendar.
 */
export function withdrawInvitation(
  context: MeetingContext,
  actor: Actor,
  meetingId: MeetingId,
  id: InvitationId,
  { notify }: Telling,
): Promise<Invitation> {
  return inTransaction(context.db, async (trx) => {
    const meeting = await lockChangeable(trx, actor, meetingId);
    const invitation = await getInvitation(trx, meetingId, id);
    if (notify) {
      // Stored, because a calendar ignores a later invitation with a lower SEQUENCE than this one.
      const sequence = await raiseSequence(trx, meeting);
      await notifySome(trx, context, { ...meeting, sequence }, [invitation], { kind: "meeting.withdrawn" });
    }
    const { accountId } = invitation;
    if (accountId === null) {
      await deleteInvitation(trx, id);
      return invitation;
    }
    const before = await findInvitedRole(trx, meeting.roomId, accountId);
    await deleteInvitation(trx, id);
    await deleteAgenda(trx, accountId, meetingId);
    await writeInvitedRole(trx, meeting.roomId, accountId, before);
    return invitation;
  });
}

/**
 * Stores an answer to an invitation; the owner is notified by mail. Throws 409 if the meeting is cancelled.
 */
export async function giveAnswer(
  { db, now }: MeetingContext,
  meeting: MeetingRecord,
  invitation: Invitation,
  answer: InvitationAnswer,
): Promise<void> {
  requireNotCancelled(meeting);
  await inTransaction(db, async (trx) => {
    const at = invitation.answer !== answer
      ? await noteAnswer(trx, meeting.id, now(), ANSWERS_TOGETHER_MS)
      : now();
    await setAnswer(trx, invitation.id, answer, at);
  });
}

/** Throws 409. */
export function requireNotCancelled({ cancelledAt }: MeetingRecord): void {
  if (cancelledAt !== null) throw new DomainError("meeting.cancelled");
}

async function getInvitation(trx: Db, meetingId: MeetingId, id: InvitationId): Promise<Invitation> {
  const invitation = await findInvitation(trx, meetingId, id);
  if (invitation === undefined) throw new DomainError("invitation.unknown");
  return invitation;
}

/** An address that belongs to an account of the tenant means that account. */
async function findGuest(trx: Db, { tenantId }: MeetingRecord, wish: Wish): Promise<Guest | undefined> {
  const account = "account" in wish
    ? await findAccount(trx, wish.account)
    : await findAccountByEmail(trx, tenantId, wish.email);
  if (account !== undefined && account.tenantId === tenantId && !account.isDisabled) {
    const { id: accountId, name, language } = account;
    return { accountId, email: null, name, language, role: wish.role ?? "participant" };
  }
  if ("account" in wish || account?.isDisabled) return undefined;
  return { accountId: null, email: wish.email, name: wish.name, language: null, role: wish.role };
}

async function inviteGuest(
  trx: Db,
  context: MeetingContext,
  actor: Actor,
  meeting: MeetingRecord,
  guest: Guest,
): Promise<Invitation> {
  const { role, email, accountId } = guest;
  await requireGiving(trx, actor, meeting, role);
  const who = accountId === null ? { email } : { accountId };
  const there = await findInvitationOf(trx, meeting.id, who);
  if (there !== undefined) {
    await setRole(trx, meeting.roomId, there, role);
    return { ...there, role };
  }
  return await storeInvitation(trx, context, meeting, guest, actor.accountId);
}

/**
 * Invites everyone who is invited to `from` to another meeting as well. `keepAnswers`: copies their answers,
 * too.
 */
export async function inviteTheSame(
  trx: Db,
  context: MeetingContext,
  from: MeetingRecord,
  to: MeetingRecord,
  { keepAnswers }: { readonly keepAnswers: boolean },
): Promise<void> {
  for (const invitation of await listInvitations(trx, from.id, undefined, MAX_INVITED)) {
    const { name, language, role, accountId, email, answer, answeredAt } = invitation;
    const who = accountId === null ? { accountId, email: email ?? "" } : { accountId, email: null };
    const { id } = await storeInvitation(trx, context, to, { name, language, role, ...who }, from.ownerId);
    if (keepAnswers && answeredAt !== null) await setAnswer(trx, id, answer, answeredAt);
  }
}

/**
 * Stores an invitation with what it grants: a link for a person without an account; the role in the room and
 * a place in the lists for one with an account.
 */
async function storeInvitation(
  trx: Db,
  { sealer, now }: MeetingContext,
  meeting: MeetingRecord,
  { role, name, language, email, accountId }: Guest,
  createdBy: AccountId | null,
): Promise<Invitation> {
  const id = newRowId() as InvitationId;
  const { secretHash, sealedSecret } = await makeInvitationSecret(sealer, id);
  const invitation = {
    id,
    meetingId: meeting.id,
    accountId,
    email,
    name,
    role,
    language,
    secretHash,
    sealedSecret,
  };
  const before = accountId === null ? undefined : await findInvitedRole(trx, meeting.roomId, accountId);
  await insertInvitation(trx, invitation, now());
  if (accountId === null) {
    await insertLink(trx, {
      id,
      roomId: meeting.roomId,
      hash: secretHash,
      role,
      label: name || email,
      createdBy,
      invitationId: id,
    }, new Date(now()));
  } else {
    await writeInvitedRole(trx, meeting.roomId, accountId, before);
    await insertAgenda(trx, accountId, meeting);
  }
  return await getInvitation(trx, meeting.id, id);
}

async function setRole(
  trx: Db,
  roomId: RoomId,
  invitation: Invitation,
  role: LinkRole | null,
): Promise<void> {
  const { id, accountId } = invitation;
  const before = accountId === null ? undefined : await findInvitedRole(trx, roomId, accountId);
  await setInvitationRole(trx, id, role);
  if (accountId !== null) await writeInvitedRole(trx, roomId, accountId, before);
}
