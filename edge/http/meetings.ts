import type { MeetingContext } from "../context.ts";
import { MeetingId } from "@tafelrunde/protocol";
import {
  ChangeFollowing,
  ChangeMeeting,
  ChangeOccurrence,
  CreateMeeting,
  instantOf,
  LocalTime,
  MAX_OCCURRENCES_MS,
  Meeting,
  MeetingCreated,
  MeetingList,
  MeetingPage,
  MeetingsOf,
  Notify,
  Occurrence,
  Occurrences,
  occurrencesQuery,
} from "@tafelrunde/protocol/http";
import * as v from "valibot";
import { type Actor, actorOf, getReadable } from "../meetings/access.ts";
import { changeOccurrence } from "../meetings/except.ts";
import { cancelFollowing, changeFollowing } from "../meetings/following.ts";
import { calendarFile } from "../meetings/notices.ts";
import { cancelMeeting, changeMeeting, createMeeting } from "../meetings/plan.ts";
import { removeMeeting } from "../meetings/remove.ts";
import { occurrencesBetween } from "../meetings/series.ts";
import type { TellRemoval } from "../rooms/removal.ts";
import { readExceptions } from "../store/meeting.ts";
import { listMeetings, readMeetings, type SeenMeeting } from "../store/meeting_list.ts";
import { meetingSeen, occurrenceOf } from "./meeting_seen.ts";
import { originOfTenant } from "./origin.ts";
import { pagedBy, pageFrom, PositionInstant } from "./paging.ts";
import { fieldProblem, ProblemError, unknown } from "./problem.ts";
import { type Route, route } from "../route.ts";

/** Default window of listed occurrences, ms. */
const AHEAD_MS = 92 * 86_400_000;

export const notifyQuery = { notify: v.optional(Notify, "true") };

const position = v.tuple([PositionInstant, MeetingId]);
const params = { meeting: MeetingId };
const occurrenceParams = { meeting: MeetingId, original: LocalTime };
const following = { "meeting.notSeries": 409, "meeting.isFirst": 409 };
const changes = { "meeting.cancelled": 409, "meeting.notYours": 403, "mail.tooFrequent": 429 };

/** /v1/meetings: meetings, their occurrences, their calendar. */
export function meetingRoutes(context: MeetingContext, tellRemoval: TellRemoval): Route[] {
  const { db, now } = context;
  const see = async (actor: Actor, id: MeetingId): Promise<SeenMeeting> => {
    const [seen] = await readMeetings(db, [id], actor.accountId ?? undefined);
    if (seen === undefined) throw unknown("meeting");
    return seen;
  };
  return [
    route({
      method: "POST",
      path: "/v1/meetings",
      tag: "meetings",
      summary: "Create a meeting",
      description: "Creates a room too, unless one is named. Its link is shown only this once.",
      access: "member",
      scope: "meetings:write",
      limit: "room.create",
      query: notifyQuery,
      body: CreateMeeting,
      answer: MeetingCreated,
      status: 201,
      etag: ({ version }) => version,
      location: ({ id }) => `/v1/meetings/${id}`,
      problems: {
        "mail.unavailable": 409,
        "mail.tooFrequent": 429,
        "tenant.roomsSpent": 409,
        "meeting.tooMany": 409,
      },
    }, async ({ caller, query, body, c }) => {
      const actor = actorOf(caller);
      const { meeting, link } = await createMeeting(context, actor, body, query);
      const origin = await originOfTenant(c, context, actor.tenantId);
      const url = `${origin}/r/${meeting.roomId}${link === null ? "" : `#${link}`}`;
      return { ...meetingSeen(await see(actor, meeting.id), actor), link, url };
    }),

    route({
      method: "GET",
      path: "/v1/meetings",
      tag: "meetings",
      summary: "List meetings",
      access: "member",
      scope: "meetings:read",
      query: {
        list: v.optional(MeetingList, "soon"),
        of: v.optional(MeetingsOf),
        ...pagedBy(position),
      },
      answer: MeetingPage,
      problems: { "admin.needed": 403 },
    }, async ({ caller, query: { list, of, limit, cursor } }) => {
      const actor = actorOf(caller);
      const chosen = of ?? (caller.kind === "key" ? "tenant" : "me");
      const after = cursor && { at: cursor[0], id: cursor[1] };
      const found = await listMeetings(db, scopeOf(actor, chosen, list), list, now(), after, limit + 1);
      const { items, next } = pageFrom(found, limit, ({ id }) => id, ({ at, id }) => [at, id]);
      const seen = await readMeetings(db, items, actor.accountId ?? undefined);
      return { items: seen.map((meeting) => meetingSeen(meeting, actor)), next };
    }),

    route({
      method: "GET",
      path: "/v1/meetings/{meeting}",
      tag: "meetings",
      summary: "Read a meeting",
      access: "member",
      scope: "meetings:read",
      params,
      answer: Meeting,
      etag: ({ version }) => version,
    }, async ({ caller, params: { meeting } }) => {
      const actor = actorOf(caller);
      await getReadable(db, actor, meeting);
      return meetingSeen(await see(actor, meeting), actor);
    }),

    route({
      method: "PATCH",
      path: "/v1/meetings/{meeting}",
      tag: "meetings",
      summary: "Change a meeting",
      description:
        "A change of the time resets all answers; a change of start, time zone or recurrence also removes all exceptions.",
      access: "member",
      scope: "meetings:write",
      params,
      query: notifyQuery,
      body: ChangeMeeting,
      answer: Meeting,
      etag: ({ version }) => version,
      ifMatch: true,
      problems: changes,
    }, async ({ caller, params: { meeting }, query, body, version }) => {
      const actor = actorOf(caller);
      await changeMeeting(context, actor, meeting, version, body, query);
      return meetingSeen(await see(actor, meeting), actor);
    }),

    route({
      method: "DELETE",
      path: "/v1/meetings/{meeting}",
      tag: "meetings",
      summary: "Delete a meeting",
      description: "Also deletes the room that was created with it, and ends a meeting in progress there.",
      access: "member",
      scope: "meetings:write",
      params,
      query: notifyQuery,
      ifMatch: true,
      problems: { "meeting.notYours": 403 },
    }, async ({ caller, params: { meeting }, query, version }) => {
      await tellRemoval(await removeMeeting(context, actorOf(caller), meeting, version, query));
      return undefined;
    }),

    route({
      method: "POST",
      path: "/v1/meetings/{meeting}/cancel",
      tag: "meetings",
      summary: "Cancel a meeting",
      access: "member",
      scope: "meetings:write",
      params,
      query: notifyQuery,
      answer: Meeting,
      etag: ({ version }) => version,
      problems: { "meeting.notYours": 403 },
    }, async ({ caller, params: { meeting }, query }) => {
      const actor = actorOf(caller);
      await cancelMeeting(context, actor, meeting, query);
      return meetingSeen(await see(actor, meeting), actor);
    }),

    route({
      method: "GET",
      path: "/v1/meetings/{meeting}/occurrences",
      tag: "meetings",
      summary: "List the occurrences of a meeting",
      description:
        "Occurrences that begin at `from` (default: now) or later, and before `to` (default: 92 days later, at most 400).",
      access: "member",
      scope: "meetings:read",
      params,
      query: occurrencesQuery,
      answer: Occurrences,
    }, async ({ caller, params: { meeting: id }, query }) => {
      const meeting = await getReadable(db, actorOf(caller), id);
      const from = query.from === undefined ? now() : instantOf(query.from)!;
      const to = query.to === undefined ? from + AHEAD_MS : instantOf(query.to)!;
      if (to - from > MAX_OCCURRENCES_MS) {
        throw fieldProblem({ in: "query", name: "to", reason: "tooLarge" });
      }
      if (meeting.time === null) return { items: [] };
      const occurrences = occurrencesBetween(meeting.time, await readExceptions(db, id), from, to);
      return { items: occurrences.map((occurrence) => occurrenceOf(occurrence, meeting.title)) };
    }),

    route({
      method: "PUT",
      path: "/v1/meetings/{meeting}/exceptions/{original}",
      tag: "meetings",
      summary: "Move, rename or cancel one occurrence of a series",
      access: "member",
      scope: "meetings:write",
      params: occurrenceParams,
      query: notifyQuery,
      body: ChangeOccurrence,
      answer: Occurrence,
      problems: { ...changes, "meeting.notSeries": 409, "meeting.tooManyExceptions": 409 },
    }, async ({ caller, params: { meeting: id, original }, query, body }) => {
      const { meeting, occurrence } = await changeOccurrence(
        context,
        actorOf(caller),
        id,
        original,
        body,
        query,
      );
      return occurrenceOf(occurrence, meeting.title);
    }),

    route({
      method: "DELETE",
      path: "/v1/meetings/{meeting}/exceptions/{original}",
      tag: "meetings",
      summary: "Reset one occurrence of a series",
      access: "member",
      scope: "meetings:write",
      params: occurrenceParams,
      query: notifyQuery,
      answer: Occurrence,
      problems: { ...changes, "meeting.notSeries": 409 },
    }, async ({ caller, params: { meeting: id, original }, query }) => {
      const { meeting, occurrence } = await changeOccurrence(
        context,
        actorOf(caller),
        id,
        original,
        undefined,
        query,
      );
      return occurrenceOf(occurrence, meeting.title);
    }),

    route({
      method: "PUT",
      path: "/v1/meetings/{meeting}/following/{original}",
      tag: "meetings",
      summary: "Change one occurrence of a series and all later ones",
      description: "Splits them off into a new meeting, which is returned; the series ends before it.",
      access: "member",
      scope: "meetings:write",
      limit: "room.create",
      params: occurrenceParams,
      query: notifyQuery,
      body: ChangeFollowing,
      answer: Meeting,
      etag: ({ version }) => version,
      problems: { ...changes, ...following, "meeting.tooMany": 409 },
    }, async ({ caller, params: { meeting: id, original }, query, body }) => {
      const actor = actorOf(caller);
      const { id: nextId } = await changeFollowing(context, actor, id, original, body, query);
      return meetingSeen(await see(actor, nextId), actor);
    }),

    route({
      method: "DELETE",
      path: "/v1/meetings/{meeting}/following/{original}",
      tag: "meetings",
      summary: "Cancel one occurrence of a series and all later ones",
      access: "member",
      scope: "meetings:write",
      params: occurrenceParams,
      query: notifyQuery,
      answer: Meeting,
      etag: ({ version }) => version,
      problems: { ...changes, ...following },
    }, async ({ caller, params: { meeting: id, original }, query }) => {
      const actor = actorOf(caller);
      await cancelFollowing(context, actor, id, original, query);
      return meetingSeen(await see(actor, id), actor);
    }),

    route({
      method: "GET",
      path: "/v1/meetings/{meeting}/calendar",
      tag: "meetings",
      summary: "Read a meeting as iCalendar",
      access: "member",
      scope: "meetings:read",
      params,
      answer: v.string(),
      answerType: "text/calendar",
      problems: { "meeting.permanent": 409 },
    }, async ({ caller, params: { meeting: id }, c }) => {
      const meeting = await getReadable(db, actorOf(caller), id);
      const origin = await originOfTenant(c, context, meeting.tenantId);
      const text = await calendarFile(context, meeting, `${origin}/r/${meeting.roomId}`);
      if (text === null) throw new ProblemError(409, "meeting.permanent", "A permanent meeting has no time.");
      return text;
    }),
  ];
}

/** Whose meetings are listed. Throws 403 and 422. */
function scopeOf({ tenantId, accountId, governs }: Actor, of: MeetingsOf, list: MeetingList) {
  if (of === "tenant") {
    if (!governs) throw new ProblemError(403, "admin.needed");
    if (list === "favourites") throw fieldProblem({ in: "query", name: "list", reason: "choice" });
    return { tenantId };
  }
  if (accountId === null) throw fieldProblem({ in: "query", name: "of", reason: "account" });
  return { accountId };
}
