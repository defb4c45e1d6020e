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

/** Longest meeting, minutes: a day. What takes several days is a series. */
export const MAX_MEETING_MINUTES = 1_440;

/** Most occurrences of a series that are different from the rest. */
export const MAX_EXCEPTIONS = 500;

/** The months by their days, and February's 29th in its years: what LocalTime takes, as a pattern. */
const LOCAL_DAY = [
  "20[0-9]{2}-(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])",
  "20[0-9]{2}-(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)",
  "20[0-9]{2}-02-(?:0[1-9]|1[0-9]|2[0-8])",
  "20(?:[02468][048]|[13579][26])-02-29",
].join("|");

/** A time on the clock of the meeting's time zone, to the minute: "2026-03-30T10:00". Years 2000 to 2099. */
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

/** What may follow the frequency of a rule, in any order, each once: as edge/meetings/series.ts takes it. */
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
 * How a series goes on: the value of an RRULE (RFC 5545 §3.3.10), "FREQ=WEEKLY;BYDAY=MO". By day, week, month or year; its time of day is that of
 * `start`, its first occurrence too. At most 1,000 occurrences by COUNT; UNTIL is an instant ("20261231T225959Z") or a day.
 */
export const Recurrence = v.pipe(
  v.string(),
  v.maxLength(300),
  v.regex(/^FREQ=[A-Z]+(?:;[A-Z]+=[A-Z0-9,+-]+)*$/),
  v.metadata({ pattern: `^FREQ=(?:DAILY|WEEKLY|MONTHLY|YEARLY)(?:;(?:${RULE_PARTS}))*$` }),
);

const time = {
  /** Of the first occurrence. */
  start: LocalTime,
  timeZone: TimeZone,
  /** How long it takes, minutes. */
  durationMinutes: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_MEETING_MINUTES)),
  /** Null: it takes place once. */
  recurrence: v.nullable(Recurrence),
};

/** When a meeting takes place. */
export const MeetingTime = strictObject({ ...time, recurrence: v.optional(time.recurrence, null) });
export type MeetingTime = v.InferOutput<typeof MeetingTime>;

/** A change of when a meeting takes place. A permanent meeting has no time of its own: for it, all but the recurrence is needed. */
export const MeetingTimeChange = v.partial(strictObject(time));
export type MeetingTimeChange = v.InferOutput<typeof MeetingTimeChange>;

const title = line(MAX_MEETING_TITLE, 1);
const description = paragraphs(MAX_MEETING_DESCRIPTION);

/** POST /v1/meetings */
export const CreateMeeting = strictObject({
  /** What it is called. */
  title,
  /** What it is about. */
  description: v.optional(description, ""),
  /** Null: a permanent meeting. */
  time: v.nullable(MeetingTime),
  /** One of the owner's rooms; none: a room is made with the meeting, and goes with it. */
  room: v.optional(RoomId),
  /** Of the room that is made. */
  settings: v.optional(RoomSettingsChange),
  /** Right now and not again: its room goes, with all that was said, once it has been empty for the retention. */
  isAdhoc: v.optional(v.boolean(), false),
  invite: v.optional(list(NewInvitation, MAX_INVITED_AT_ONCE), []),
  /** Whose meeting it is; the caller's own if they are a person. API keys name one of their tenant's people. */
  owner: v.optional(AccountId),
});
export type CreateMeeting = v.InferOutput<typeof CreateMeeting>;

/** PATCH /v1/meetings/{meeting}: a JSON Merge Patch. Another start, time zone or recurrence undoes all exceptions. */
export const ChangeMeeting = v.partial(strictObject({
  /** What it is called. */
  title,
  /** What it is about; null: nothing. */
  description: v.nullable(description, ""),
  time: v.nullable(MeetingTimeChange),
}));
export type ChangeMeeting = v.InferOutput<typeof ChangeMeeting>;

/** One occurrence of a meeting. */
export const Occurrence = strictObject({
  /** When the rule has it, which names it; `startsAt` is when it really is. */
  original: LocalTime,
  startsAt: Time,
  endsAt: Time,
  /** What it is called. */
  title: v.string(),
  /** Whether it does not take place. */
  isCancelled: v.boolean(),
  /** Somebody moved, renamed or cancelled it. */
  isException: v.boolean(),
});
export type Occurrence = v.InferOutput<typeof Occurrence>;

/** GET /v1/meetings/{meeting}, as the caller sees it. */
export const Meeting = strictObject({
  id: MeetingId,
  room: RoomId,
  /** What it is called. */
  title: v.string(),
  /** What it is about; empty: nothing is said. */
  description: v.string(),
  time: v.nullable(MeetingTime),
  /** Right now and not again. */
  isAdhoc: v.boolean(),
  /** The one that is under way or comes next, else the last one; null: permanent. */
  occurrence: v.nullable(Occurrence),
  /** Whose meeting it is. */
  owner: AccountReference,
  /** The caller's role in it; null: none, they see it as an admin. */
  role: v.nullable(Role),
  /** The caller's own answer; null: they were not invited. */
  answer: v.nullable(InvitationAnswer),
  /** Whether its room is one of the caller's favourites. */
  isFavourite: v.boolean(),
  cancelledAt: v.nullable(Time),
  version: ResourceVersion,
  createdAt: Time,
});
export type Meeting = v.InferOutput<typeof Meeting>;

/** 201 of POST /v1/meetings. `link` is the secret of a room that was made with it, shown this once; null: the room was there. */
export const MeetingCreated = strictObject({
  ...Meeting.entries,
  link: v.nullable(LinkSecret),
  /** Where people go: `{origin}/r/{room}`, with the link if there is one. */
  url: v.string(),
});
export type MeetingCreated = v.InferOutput<typeof MeetingCreated>;

/**
 * `?list=` of GET /v1/meetings, soon unless it says otherwise. now: under way. soon: to come, the next one first. past: over (a series: all of it), the latest first. permanent:
 * without a time, the newest first. favourites: those whose room is one, the one that began last first.
 */
export const MeetingList = v.picklist(["now", "soon", "past", "permanent", "favourites"]);
export type MeetingList = v.InferOutput<typeof MeetingList>;

/**
 * `?of=` of GET /v1/meetings. me: those that the caller owns or is invited to. tenant: all, for admins and API keys. When it is missing: tenant for
 * API keys, else me.
 */
export const MeetingsOf = v.picklist(["me", "tenant"]);
export type MeetingsOf = v.InferOutput<typeof MeetingsOf>;

/** `?notify=`: whether those who are invited are told by mail. */
export const Notify = v.pipe(
  v.picklist(["true", "false"]),
  v.metadata({ type: "boolean", enum: undefined }),
  v.transform((text) => text === "true"),
);

/** GET /v1/meetings, a page of them. */
export const MeetingPage = pageOf(Meeting);
export type MeetingPage = v.InferOutput<typeof MeetingPage>;

/** Longest window that occurrences are listed of, ms: 400 days. */
export const MAX_OCCURRENCES_MS = 400 * 86_400_000;

/** The query of GET /v1/meetings/{meeting}/occurrences. */
export const occurrencesQuery = {
  /** Those that begin from then on; now when it is missing. */
  from: v.optional(Time),
  /** Those that begin before then; 92 days after `from` when it is missing, at most 400. */
  to: v.optional(Time),
};

/** GET /v1/meetings/{meeting}/occurrences */
export const Occurrences = strictObject({ items: v.array(Occurrence) });
export type Occurrences = v.InferOutput<typeof Occurrences>;

/** PUT /v1/meetings/{meeting}/exceptions/{original}: makes one occurrence of a series different. What is not named is as in the series. */
export const ChangeOccurrence = strictObject({
  /** Whether this one does not take place. */
  isCancelled: v.optional(v.boolean(), false),
  start: v.optional(LocalTime),
  /** How long it takes, minutes. */
  durationMinutes: v.optional(MeetingTime.entries.durationMinutes),
  /** What it is called. */
  title: v.optional(title),
});
export type ChangeOccurrence = v.InferOutput<typeof ChangeOccurrence>;

/**
 * PUT /v1/meetings/{meeting}/following/{original}: makes one occurrence of a series and all after it a meeting of their own. What is not named is as
 * in the series.
 */
export const ChangeFollowing = v.partial(strictObject({
  /** What they are called. */
  title,
  /** What they are about. */
  description,
  /** Of the first one of them: one that the rule has, at whatever time of day. */
  start: LocalTime,
  /** How long each takes, minutes. */
  durationMinutes: MeetingTime.entries.durationMinutes,
}));
export type ChangeFollowing = v.InferOutput<typeof ChangeFollowing>;

/** GET /v1/favourites: all of them, by name. */
export const Favourites = strictObject({
  /** All of them. */
  items: v.array(strictObject({
    room: RoomId,
    /** What the room is called; empty: nothing. */
    name: v.string(),
  })),
});
export type Favourites = v.InferOutput<typeof Favourites>;
