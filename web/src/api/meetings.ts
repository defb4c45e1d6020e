import type {
  AnsweredInvitation,
  ChangeFollowing,
  ChangeOccurrence,
  CreateMeeting,
  Invitation,
  InvitationAnswer,
  Meeting,
  MeetingCreated,
  MeetingList,
  MeetingPage,
  MeetingTime,
  NewInvitation,
  Occurrences,
} from "@tafelrunde/protocol/http";
import { type Answer, get, patch, post, put, query, remove } from "./request.ts";

export type { AnsweredInvitation, Invitation, Meeting, MeetingCreated, MeetingList, MeetingTime };
export type GivenAnswer = Exclude<InvitationAnswer, "none">;
export type InvitedRole = Exclude<Invitation["role"], "owner">;
export type Occurrence = Occurrences["items"][number];
export type NewPerson = NewInvitation;
export type Page<Item> = { readonly items: readonly Item[]; readonly next: string | null };

/** One page of a list; `cursor`: the `next` of the page before. */
export function listMeetings(list: MeetingList, cursor?: string): Promise<Answer<MeetingPage>> {
  return get(`/v1/meetings${query({ list, limit: 20, cursor })}`);
}

export function createMeeting(
  body: Partial<CreateMeeting> & Pick<CreateMeeting, "title" | "time">,
  key: string,
) {
  return post<MeetingCreated>("/v1/meetings", body, key);
}

export function readMeeting(meetingId: string): Promise<Answer<Meeting>> {
  return get(`/v1/meetings/${meetingId}`);
}

export function changeMeeting(
  meetingId: string,
  change: { title?: string; description?: string; time?: MeetingTime | null },
  version: number,
): Promise<Answer<Meeting>> {
  return patch(`/v1/meetings/${meetingId}`, change, `"${version}"`);
}

/** Cancels it: invited people get a mail. It stays in the list of past meetings. */
export function cancelMeeting({ id }: Meeting): Promise<Answer<Meeting>> {
  return post(`/v1/meetings/${id}/cancel`);
}

/** Deletes it, with its room if that was created with it. */
export function deleteMeeting({ id, version }: Meeting): Promise<Answer<void>> {
  return remove(`/v1/meetings/${id}`, `"${version}"`);
}

/** The meeting as a file for calendars (text/calendar). */
export function calendarPath(meetingId: string): string {
  return `/v1/meetings/${meetingId}/calendar`;
}

/** Occurrences of a series that begin from `from` on and before `to` (ms since 1970). */
export function listOccurrences(meetingId: string, from: number, to: number): Promise<Answer<Occurrences>> {
  const range = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
  return get(`/v1/meetings/${meetingId}/occurrences${query(range)}`);
}

/** Changes one occurrence of the series; `original` names it. */
export function changeOccurrence(
  meetingId: string,
  original: string,
  change: Partial<ChangeOccurrence>,
): Promise<Answer<void>> {
  return put(`/v1/meetings/${meetingId}/exceptions/${original}`, change);
}

/** Resets one occurrence to the series. */
export function restoreOccurrence(meetingId: string, original: string): Promise<Answer<void>> {
  return remove(`/v1/meetings/${meetingId}/exceptions/${original}`);
}

/** Splits one occurrence of a series and all after it into a meeting of their own, which is the answer. */
export function changeFollowing(
  meetingId: string,
  original: string,
  change: ChangeFollowing,
): Promise<Answer<Meeting>> {
  return put(`/v1/meetings/${meetingId}/following/${original}`, change);
}

/** Cancels one occurrence of a series and all after it; returns the remaining meeting. */
export function cancelFollowing(meetingId: string, original: string): Promise<Answer<Meeting>> {
  return remove(`/v1/meetings/${meetingId}/following/${original}`);
}

export function listInvitations(meetingId: string, cursor?: string): Promise<Answer<Page<Invitation>>> {
  return get(`/v1/meetings/${meetingId}/invitations${query({ limit: 100, cursor })}`);
}

export function invite(
  meetingId: string,
  people: readonly NewPerson[],
): Promise<Answer<Pick<Page<Invitation>, "items">>> {
  return post(`/v1/meetings/${meetingId}/invitations`, { people });
}

export function changeInvitation(meetingId: string, invitationId: string, role: InvitedRole) {
  return patch<Invitation>(`/v1/meetings/${meetingId}/invitations/${invitationId}`, { role });
}

export function uninvite(meetingId: string, invitationId: string): Promise<Answer<void>> {
  return remove(`/v1/meetings/${meetingId}/invitations/${invitationId}`);
}

export function giveAnswer(meetingId: string, answer: GivenAnswer): Promise<Answer<void>> {
  return put(`/v1/meetings/${meetingId}/answer`, { answer });
}

/** The invitation that a mail's secret stands for; with `answer`, answers it. */
export function answerBySecret(secret: string, answer?: GivenAnswer): Promise<Answer<AnsweredInvitation>> {
  return post("/v1/invitations/answer", { secret, ...(answer === undefined ? {} : { answer }) });
}

export function setFavourite(room: string, isOne: boolean): Promise<Answer<void>> {
  return isOne ? put(`/v1/favourites/${room}`) : remove(`/v1/favourites/${room}`);
}
