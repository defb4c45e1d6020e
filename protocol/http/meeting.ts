import * as v from "valibot";
import { AccountId, LinkSecret, MeetingId, RoomId } from "../ids.ts";
import { Role } from "../role.ts";
import { RoomSettingsChange } from "../settings.ts";
import { InvitationAnswer, MAX_INVITED_AT_ONCE, NewInvitation } from "./invitation.ts";
import { pageOf } from "./page.ts";
import { line, paragraphs, ResourceVersion, Time } from "./text.ts";
import { TimeZone } from "./time_zone.ts";
import { list, strictObject } from "../object.ts";
import { AccountReference } from "./reference.ts";

/** Longest title of a meeting, characters. */
export const MAX_MEETING_TITLE = 200;

/** Longest description of a meeting, characters. */
export const MAX_MEETING_DESCRIPTION = 4_000;

/** Longest meeting, minutes: one day. Use a series for longer ones. */
export const MAX_MEETING_MINUTES = 1_440;

/** Most exceptions per series. */
export const MAX_EXCEPTIONS = 500;

/** Valid dates, with February 29th in leap years only: what LocalTime accepts, as a pattern. */
const LOCAL_DAY = [
  "20[0-9]{2}-(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])",
  "20[0-9]{2}-(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)",
  "20[0-9]{2}-02-(?:0[1-9]|1[0-9]|2[0-8])",
  "20(?:[02468][048]|[13579][26])-02-29",
].join("|");

/** A local time in the meeting's time zone, to the minute: "2026-03-30T10:00". Years 2000 to 2099. */
export const LocalTime = v.pipe(
  v.string(),
  v.regex(/^20\d\d-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d$/),
  v.check((text) => {
    const at = Date.parse(`${text}Z`);
    return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
  }, "time"),
  v.metadata({ pattern: `^(?:${LOCAL_DAY})T(?:[01][0-9]|2[0-3]):[0-5][0-9]$` }),
);
export type LocalTime = v.InferOutput<typeof LocalTime>;

/** Rule parts that can follow FREQ, in any order, each once: those that edge/meetings/series.ts accepts. */
const RULE_PARTS = [
  "INTERVAL=(?:[1-9][0-9]?|[1-3][0-9]{2}|400)",
  "COUNT=(?:[1-9][0-9]{0,2}|1000)",
  "UNTIL=[0-9]{4}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?:T(?:[01][0-9]|2[0-3])[0-5][0-9][0-5][0-9]Z?)?",
  listed("BYDAY", "(?:[+-]?[1-5])?(?:MO|TU|WE|TH|FR|SA|SU)"),
  listed("BYMONTHDAY", "-?(?:[1-9]|[12][0-9]|3[01])"),
  listed("BYYEARDAY", "-?(?:[1-9][0-9]?|[12][0-9]{2}|3[0-5][0-9]|36[0-6])"),
  listed("BYWEEKNO", "-?(?:[1-9]|[1-4][0-9]|5[0-3])"),
  listed("BYMONTH", "(?:[1-9]|1[0-2])"),
  listed("BYSETPOS", "-?(?:[1-9][0-9]?|[12][0-9]{2}|3[0-5][0-9]|36[0-6])"),
  "WKST=(?:MO|TU|WE|TH|FR|SA|SU)",
].join("|");

function listed(name: string, value: string): string {
  return `${name}=${value}(?:,${value})*`;
}

/**
 * Recurrence rule of a series: the value of an RRULE (RFC 5545 §3.3.10), "FREQ=WEEKLY;BYDAY=MO". Daily,
 * weekly, monthly or yearly; `start` gives the time of day and the first occurrence. COUNT is at most 1,000;
 * UNTIL is an instant ("20261231T225959Z") or a day.
 */
export const Recurrence = v.pipe(
  v.string(),
  v.maxLength(300),
  v.regex(/^FREQ=[A-Z]+(?:;[A-Z]+=[A-Z0-9,+-]+)*$/),
  v.metadata({ pattern: `^FREQ=(?:DAILY|WEEKLY|MONTHLY|YEARLY)(?:;(?:${RULE_PARTS}))*$` }),
);

const time = {
  /** Start of the first occurrence. */
  start: LocalTime,
  timeZone: TimeZone,
  /** Length in minutes. */
  durationMinutes: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_MEETING_MINUTES)),
  /** Null: the meeting takes place once. */
  recurrence: v.nullable(Recurrence),
};

/** When a meeting takes place. */
export const MeetingTime = strictObject({ ...time, recurrence: v.optional(time.recurrence, null) });
export type MeetingTime = v.InferOutput<typeof MeetingTime>;

/**
 * A change of when a meeting takes place. A permanent meeting has no time yet: it needs all fields but
 * `recurrence`.
 */
export const MeetingTimeChange = v.partial(strictObject(time));
export type MeetingTimeChange = v.InferOutput<typeof MeetingTimeChange>;

const title = line(MAX_MEETING_TITLE, 1);
const description = paragraphs(MAX_MEETING_DESCRIPTION);

/** POST /v1/meetings */
export const CreateMeeting = strictObject({
  /** The meeting's title. */
  title,
  /** The meeting's description. */
  description: v.optional(description, ""),
  /** Null: a permanent meeting. */
  time: v.nullable(MeetingTime),
  /** One of the owner's rooms. Without it, a room is created with the meeting and deleted with it. */
  room: v.optional(RoomId),
  /** Settings of the created room. */
  settings: v.optional(RoomSettingsChange),
  /**
   * A meeting that takes place now and never again: its room and all its content are deleted once it has been
   * empty for the retention period.
   */
  isAdhoc: v.optional(v.boolean(), false),
  invite: v.optional(list(NewInvitation, MAX_INVITED_AT_ONCE), []),
  /**
   * The meeting's owner; defaults to the caller if it is a person. API keys must name a person of their
   * tenant.
   */
  owner: v.optional(AccountId),
});
export type CreateMeeting = v.InferOutput<typeof CreateMeeting>;

/**
 * PATCH /v1/meetings/{meeting}: a JSON Merge Patch. Changing the start, time zone or recurrence removes all
 * exceptions.
 */
export const ChangeMeeting = v.partial(strictObject({
  /** The meeting's title. */
  title,
  /** The meeting's description; null: empty. */
  description: v.nullable(description, ""),
  time: v.nullable(MeetingTimeChange),
}));
export type ChangeMeeting = v.InferOutput<typeof ChangeMeeting>;

/** One occurrence of a meeting. */
export const Occurrence = strictObject({
  /** When the rule puts this occurrence; identifies it. The actual time is `startsAt`. */
  original: LocalTime,
  startsAt: Time,
  endsAt: Time,
  /** The occurrence's title. */
  title: v.string(),
  /** Whether this occurrence is cancelled. */
  isCancelled: v.boolean(),
  /** Whether it was moved, renamed or cancelled. */
  isException: v.boolean(),
});
export type Occurrence = v.InferOutput<typeof Occurrence>;

/** GET /v1/meetings/{meeting}, as the caller sees it. */
export const Meeting = strictObject({
  id: MeetingId,
  room: RoomId,
  /** The meeting's title. */
  title: v.string(),
  /** The meeting's description; can be empty. */
  description: v.string(),
  time: v.nullable(MeetingTime),
  /** Whether it takes place now and never again. */
  isAdhoc: v.boolean(),
  /** The current or next occurrence, else the last one; null: a permanent meeting. */
  occurrence: v.nullable(Occurrence),
  /** The meeting's owner. */
  owner: AccountReference,
  /** The caller's role in the meeting; null: none, the caller sees it as an admin. */
  role: v.nullable(Role),
  /** The caller's own answer; null: the caller is not invited. */
  answer: v.nullable(InvitationAnswer),
  /** Whether its room is one of the caller's favourites. */
  isFavourite: v.boolean(),
  cancelledAt: v.nullable(Time),
  version: ResourceVersion,
  createdAt: Time,
});
export type Meeting = v.InferOutput<typeof Meeting>;

/**
 * 201 of POST /v1/meetings. `link` is the secret of the room created with the meeting, shown only this once;
 * null: an existing room is used.
 */
export const MeetingCreated = strictObject({
  ...Meeting.entries,
  link: v.nullable(LinkSecret),
  /** The URL to join: `{origin}/r/{room}`, with the link if there is one. */
  url: v.string(),
});
export type MeetingCreated = v.InferOutput<typeof MeetingCreated>;

/**
 * `?list=` of GET /v1/meetings; default: soon. now: in progress. soon: upcoming, next first. past: over (for
 * a series: all of it), latest first. permanent: without a time, newest first. favourites: meetings in
 * favourite rooms, the one that began last first.
 */
export const MeetingList = v.picklist(["now", "soon", "past", "permanent", "favourites"]);
export type MeetingList = v.InferOutput<typeof MeetingList>;

/**
 * `?of=` of GET /v1/meetings. me: meetings that the caller owns or is invited to. tenant: all meetings, for
 * admins and API keys. Default: tenant for API keys, else me.
 */
export const MeetingsOf = v.picklist(["me", "tenant"]);
export type MeetingsOf = v.InferOutput<typeof MeetingsOf>;

/** `?notify=`: whether invited people are notified by mail. */
export const Notify = v.pipe(
  v.picklist(["true", "false"]),
  v.metadata({ type: "boolean", enum: undefined }),
  v.transform((text) => text === "true"),
);

/** GET /v1/meetings, one page. */
export const MeetingPage = pageOf(Meeting);
export type MeetingPage = v.InferOutput<typeof MeetingPage>;

/** Longest window of listed occurrences, ms: 400 days. */
export const MAX_OCCURRENCES_MS = 400 * 86_400_000;

/** The query of GET /v1/meetings/{meeting}/occurrences. */
export const occurrencesQuery = {
  /** Lists occurrences that begin at this time or later; default: now. */
  from: v.optional(Time),
  /** Lists occurrences that begin before this time; default: 92 days after `from`, at most 400. */
  to: v.optional(Time),
};

/** GET /v1/meetings/{meeting}/occurrences */
export const Occurrences = strictObject({ items: v.array(Occurrence) });
export type Occurrences = v.InferOutput<typeof Occurrences>;

/**
 * PUT /v1/meetings/{meeting}/exceptions/{original}: changes one occurrence of a series. Omitted fields are as
 * in the series.
 */
export const ChangeOccurrence = strictObject({
  /** Whether this occurrence is cancelled. */
  isCancelled: v.optional(v.boolean(), false),
  start: v.optional(LocalTime),
  /** Length in minutes. */
  durationMinutes: v.optional(MeetingTime.entries.durationMinutes),
  /** Title of this occurrence. */
  title: v.optional(title),
});
export type ChangeOccurrence = v.InferOutput<typeof ChangeOccurrence>;

/**
 * PUT /v1/meetings/{meeting}/following/{original}: splits one occurrence of a series and all later ones off
 * into a new meeting. Omitted fields are as in the series.
 */
export const ChangeFollowing = v.partial(strictObject({
  /** Title of the new meeting. */
  title,
  /** Description of the new meeting. */
  description,
  /** Start of its first occurrence: a day that the rule has, at any time of day. */
  start: LocalTime,
  /** Length of each occurrence in minutes. */
  durationMinutes: MeetingTime.entries.durationMinutes,
}));
export type ChangeFollowing = v.InferOutput<typeof ChangeFollowing>;

/** GET /v1/favourites: all favourites, sorted by name. */
export const Favourites = strictObject({
  /** All favourites. */
  items: v.array(strictObject({
    room: RoomId,
    /** The room's name; can be empty. */
    name: v.string(),
  })),
});
export type Favourites = v.InferOutput<typeof Favourites>;
