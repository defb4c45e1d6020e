import type { Role } from "@tafelrunde/protocol";
import type {
  Invitation as InvitationTold,
  Meeting,
  Occurrence as OccurrenceAnswer,
} from "@tafelrunde/protocol/http";
import { type Actor, mayChange } from "../meetings/access.ts";
import type { Invitation } from "../store/invitation.ts";
import type { Occurrence } from "../store/meeting.ts";
import type { SeenMeeting } from "../store/meeting_list.ts";

/** A meeting as the API shows it to `actor`. */
export function meetingSeen(meeting: SeenMeeting, actor: Actor): Meeting {
  const { id, roomId, title, description, time, isAdhoc, ownerId, ownerName, invitation, version } = meeting;
  return {
    id,
    room: roomId,
    title,
    description,
    time,
    isAdhoc,
    occurrence: listedOccurrence(meeting),
    owner: { id: ownerId, name: ownerName },
    role: roleOf(meeting, actor),
    answer: invitation?.answer ?? null,
    isFavourite: meeting.isFavourite,
    cancelledAt: meeting.cancelledAt === null ? null : isoTime(meeting.cancelledAt),
    version,
    createdAt: isoTime(meeting.createdAt),
  };
}

/** One occurrence as the API shows it; `title`: the series'. */
export function occurrenceOf(
  { original, startsAt, endsAt, exception }: Occurrence,
  title: string,
): OccurrenceAnswer {
  return {
    original,
    startsAt: isoTime(startsAt),
    endsAt: isoTime(endsAt),
    title: exception?.title ?? title,
    isCancelled: exception?.isCancelled ?? false,
    isException: exception !== undefined,
  };
}

/** An invitation as the API shows it to `actor`: addresses are for those who may change the meeting. */
export function invitationSeen(
  invitation: Invitation,
  actor: Actor,
  meeting: Pick<SeenMeeting, "ownerId">,
): InvitationTold {
  const { id, accountId, name, email, role, answer, answeredAt, createdAt } = invitation;
  return {
    id,
    account: accountId,
    name,
    email: mayChange(actor, meeting) || accountId !== null && accountId === actor.accountId ? email : null,
    role,
    answer,
    answeredAt: answeredAt === null ? null : isoTime(answeredAt),
    createdAt: isoTime(createdAt),
  };
}

/** The occurrence shown in lists; null: a permanent meeting. */
export function listedOccurrence({ listed, listedException, title }: SeenMeeting): OccurrenceAnswer | null {
  if (listed.until === null || listed.original === null) return null;
  return occurrenceOf({
    original: listed.original,
    startsAt: listed.at,
    endsAt: listed.until,
    ...listedException !== null && { exception: listedException },
  }, title);
}

function roleOf({ ownerId, invitation }: SeenMeeting, { accountId }: Actor): Role | null {
  if (accountId === ownerId) return "owner";
  return invitation === null ? null : invitation.role ?? "participant";
}

function isoTime(at: number): string {
  return new Date(at).toISOString();
}
