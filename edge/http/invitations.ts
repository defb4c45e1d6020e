import type { RouteContext } from "../context.ts";
import { InvitationId, MeetingId } from "@tafelrunde/protocol";
import {
  AnswerBySecret,
  AnsweredInvitation,
  ChangeInvitation,
  GiveAnswer,
  Invitation,
  InvitationPage,
  Invite,
  Invited,
} from "@tafelrunde/protocol/http";
import * as v from "valibot";
import { hashSecret } from "../identity/secret.ts";
import { actorOf, getReadable } from "../meetings/access.ts";
import { calendarFile } from "../meetings/notices.ts";
import { changeInvitation, giveAnswer, invite, withdrawInvitation } from "../meetings/invite.ts";
import type { SyncRoles } from "../rooms/sync_roles.ts";
import { findInvitationBySecret, findInvitationOf, listInvitations } from "../store/invitation.ts";
import { readMeetings } from "../store/meeting_list.ts";
import type { Db } from "../store/schema.ts";
import { clientAddress } from "./address.ts";
import { slowWrong } from "./limit.ts";
import { invitationSeen, listedOccurrence } from "./meeting_seen.ts";
import { notifyQuery } from "./meetings.ts";
import { originOfTenant } from "./origin.ts";
import { pagedBy, pageFrom, PositionInstant } from "./paging.ts";
import { ProblemError, unknown } from "./problem.ts";
import { type Route, route } from "../route.ts";

const position = v.tuple([PositionInstant, InvitationId]);
const params = { meeting: MeetingId };
const changes = { "meeting.cancelled": 409, "meeting.notYours": 403, "room.notAllowed": 403 };

/** /v1/meetings/{meeting}/invitations, and the answers to them. */
export function invitationRoutes(context: RouteContext, syncRoles: SyncRoles): Route[] {
  const { db, limits } = context;
  return [
    route({
      method: "POST",
      path: "/v1/meetings/{meeting}/invitations",
      operation: "create",
      tag: "meetings",
      summary: "Invite people to a meeting",
      description: "People who are already invited get the role given now, and the mail again.",
      access: "member",
      scope: "meetings:write",
      params,
      query: notifyQuery,
      body: Invite,
      answer: Invited,
      problems: { ...changes, "mail.unavailable": 409, "mail.tooFrequent": 429, "meeting.full": 409 },
    }, async ({ caller, params: { meeting: id }, query, body: { people } }) => {
      const actor = actorOf(caller);
      const invitations = await invite(context, actor, id, people, query);
      const meeting = await getReadable(db, actor, id);
      await syncRoles(meeting.roomId, invitations.flatMap(({ accountId }) => accountId ?? []));
      return { items: invitations.map((invitation) => invitationSeen(invitation, actor, meeting)) };
    }),

    route({
      method: "GET",
      path: "/v1/meetings/{meeting}/invitations",
      tag: "meetings",
      summary: "List invitations",
      access: "member",
      scope: "meetings:read",
      params,
      query: pagedBy(position),
      answer: InvitationPage,
    }, async ({ caller, params: { meeting: id }, query: { limit, cursor } }) => {
      const actor = actorOf(caller);
      const meeting = await getReadable(db, actor, id);
      const after = cursor && { at: cursor[0], id: cursor[1] };
      const found = await listInvitations(db, id, after, limit + 1);
      return pageFrom(
        found,
        limit,
        (invitation) => invitationSeen(invitation, actor, meeting),
        (invitation) => [invitation.createdAt, invitation.id],
      );
    }),

    route({
      method: "PATCH",
      path: "/v1/meetings/{meeting}/invitations/{invitation}",
      tag: "meetings",
      summary: "Change the role of an invitation",
      access: "member",
      scope: "meetings:write",
      params: { ...params, invitation: InvitationId },
      body: ChangeInvitation,
      answer: Invitation,
      problems: { "meeting.notYours": 403, "room.notAllowed": 403 },
    }, async ({ caller, params: { meeting: id, invitation }, body: { role } }) => {
      const actor = actorOf(caller);
      const changed = await changeInvitation(context, actor, id, invitation, role);
      const meeting = await getReadable(db, actor, id);
      await syncRoles(meeting.roomId, changed.accountId === null ? [] : [changed.accountId]);
      return invitationSeen(changed, actor, meeting);
    }),

    route({
      method: "DELETE",
      path: "/v1/meetings/{meeting}/invitations/{invitation}",
      tag: "meetings",
      summary: "Withdraw an invitation",
      access: "member",
      scope: "meetings:write",
      params: { ...params, invitation: InvitationId },
      query: notifyQuery,
      problems: { "meeting.notYours": 403 },
    }, async ({ caller, params: { meeting: id, invitation }, query }) => {
      const actor = actorOf(caller);
      const { accountId } = await withdrawInvitation(context, actor, id, invitation, query);
      const { roomId } = await getReadable(db, actor, id);
      await syncRoles(roomId, accountId === null ? [] : [accountId]);
      return undefined;
    }),

    route({
      method: "PUT",
      path: "/v1/meetings/{meeting}/answer",
      tag: "meetings",
      summary: "Answer the caller's invitation",
      access: "member",
      params,
      body: GiveAnswer,
      problems: { "meeting.cancelled": 409, "invitation.unknown": 404 },
    }, async ({ caller, params: { meeting: id }, body: { answer } }) => {
      const actor = actorOf(caller);
      const meeting = await getReadable(db, actor, id);
      const { accountId } = actor;
      const invitation = accountId === null ? undefined : await findInvitationOf(db, id, { accountId });
      if (invitation === undefined) throw unknown("invitation");
      await giveAnswer(context, meeting, invitation, answer);
      return undefined;
    }),

    route({
      method: "POST",
      path: "/v1/invitations/answer",
      tag: "meetings",
      summary: "Answer an invitation with the secret from its mail",
      description:
        "The secret is the part of the mail's link after #. Without `answer` the request only reads the invitation.",
      access: "open",
      body: AnswerBySecret,
      answer: AnsweredInvitation,
      problems: { "invitation.unknown": 404, "meeting.cancelled": 409, "address.tooFrequent": 429 },
    }, async ({ body: { secret, answer }, c }) => {
      const address = clientAddress(c, context);
      const { invitation, meeting } = await slowWrong(
        limits,
        address,
        "invitation.unknown",
        () => getInvited(db, secret),
      );
      if (answer !== undefined) await giveAnswer(context, meeting, invitation, answer);
      const occurrence = listedOccurrence(meeting);
      const room = `${await originOfTenant(c, context, meeting.tenantId)}/r/${meeting.roomId}`;
      const joinUrl = invitation.accountId === null ? `${room}#${secret}` : room;
      const isOff = meeting.cancelledAt !== null;
      return {
        title: meeting.title,
        ownerName: meeting.ownerName,
        name: invitation.name,
        answer: answer ?? invitation.answer,
        startsAt: occurrence?.startsAt ?? null,
        endsAt: occurrence?.endsAt ?? null,
        timeZone: meeting.time?.timeZone ?? null,
        isSeries: meeting.time !== null && meeting.time.recurrence !== null,
        isCancelled: isOff,
        room: meeting.roomId,
        opensRoom: invitation.accountId === null,
        calendar: isOff ? null : await calendarFile(context, meeting, joinUrl),
      };
    }),
  ];
}

/** The invitation with this secret, and its meeting. Throws 404 `invitation.unknown`. */
async function getInvited(db: Db, secret: string) {
  const invitation = await findInvitationBySecret(db, hashSecret(secret));
  const [meeting] = invitation === undefined ? [] : await readMeetings(db, [invitation.meetingId], undefined);
  if (invitation === undefined || meeting === undefined) {
    throw new ProblemError(404, "invitation.unknown", "No such invitation, or it was withdrawn.");
  }
  return { invitation, meeting };
}
