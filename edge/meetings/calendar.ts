import type { InvitationAnswer, LocalTime, MeetingTime } from "@tafelrunde/protocol/http";
import { contentLine, contentLines, textValue } from "./content_line.ts";
import { type Exception, localOf, startOf } from "./series.ts";
import { plainSeries } from "./clock_changes.ts";
import { localStamp, zoneLines, zoneName } from "./time_zone.ts";

/** Somebody in a calendar. */
export interface CalendarPerson {
  readonly name: string;
  readonly email: string;
}

/** An address as a URI. Letters of other scripts stay: what reads calendars compares them as they are. Source: RFC 6068 §2. */
function mailto(email: string): string {
  return `mailto:${email.replaceAll(/[^\p{L}\p{M}\p{N}@.!$'*+_~-]/gu, encodeURIComponent)}`;
}

/** A meeting as a calendar has it. Instants are ms. */
export interface CalendarEntry {
  readonly id: string;
  readonly sequence: number;
  readonly title: string;
  readonly description: string;
  readonly time: MeetingTime;
  readonly exceptions: readonly Exception[];
  readonly isCancelled: boolean;
  readonly createdAt: number;
  readonly organizer: CalendarPerson;
  /** Where the reader joins. */
  readonly url: string;
}

/** What a calendar does with it: takes it in as a copy, as an invitation or the change of one, or takes it out. Source: RFC 5546 §1.4. */
export type CalendarMethod = "PUBLISH" | "REQUEST" | "CANCEL";

const ANSWERS: Readonly<Record<InvitationAnswer, string>> = {
  none: "NEEDS-ACTION",
  accepted: "ACCEPTED",
  tentative: "TENTATIVE",
  declined: "DECLINED",
};

/** A calendar's reader: who is invited, and their answer. */
export type CalendarReader = CalendarPerson & { readonly answer: InvitationAnswer };

/** One event of the file: the meeting, its series, or one occurrence of that which is different. */
interface WrittenEvent {
  readonly start: LocalTime;
  readonly durationMinutes: number;
  readonly title: string;
  readonly isSeries: boolean;
  /** What tells it from the others with its UID, and how it repeats. */
  readonly more: readonly string[];
}

/**
 * `entry` as iCalendar (RFC 5545). `attendee`: the reader with their answer, the only one: nobody learns from a calendar who else is invited.
 * A series comes whole, with each of its exceptions. Its UID is the meeting's, whichever way the file comes.
 */
export function writeCalendar(
  entry: CalendarEntry,
  method: CalendarMethod,
  attendee: CalendarReader | undefined,
  now: number,
): string {
  const { time, exceptions, title } = entry;
  const { start, timeZone, durationMinutes } = time;
  const series = plainSeries(time, now);
  const cancelled = exceptions.filter(({ isCancelled }) => isCancelled).map(({ original }) => original);
  const changed = new Set(exceptions.map(({ original }) => original));
  const different: Pick<Exception, "original" | "start" | "durationMinutes" | "title">[] = method === "CANCEL"
    ? []
    : [
      ...exceptions.filter(({ isCancelled }) => !isCancelled),
      ...(series?.changing ?? []).filter((original) => !changed.has(original))
        .map((original) => ({ original, start: null, durationMinutes: null, title: null })),
    ];
  const events: WrittenEvent[] = [
    {
      start,
      durationMinutes,
      title,
      isSeries: series !== null,
      more: series === null ? [] : [
        contentLine("RRULE", series.recurrence),
        ...localLines("EXDATE", [...cancelled, ...series.skipped].sort(), timeZone),
      ],
    },
    ...series === null ? [] : different.map((one) => ({
      start: one.start ?? one.original,
      durationMinutes: one.durationMinutes ?? durationMinutes,
      title: one.title ?? title,
      isSeries: false,
      more: localLines("RECURRENCE-ID", [one.original], timeZone),
    })),
  ];
  const isUtc = zoneName(timeZone) === "UTC";
  const firstYear = Math.min(...events.map((event) => Number(event.start.slice(0, 4))));
  return contentLines([
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Tafelrunde//Tafelrunde//EN",
    contentLine("METHOD", method),
    ...isUtc ? [] : zoneLines(timeZone, firstYear),
    ...events.flatMap((event) => eventLines(entry, event, method, attendee, now)),
    "END:VCALENDAR",
  ]);
}

function eventLines(
  entry: CalendarEntry,
  event: WrittenEvent,
  method: CalendarMethod,
  attendee: CalendarReader | undefined,
  now: number,
): string[] {
  const { url, description, organizer } = entry;
  const isOff = entry.isCancelled || method === "CANCEL";
  return [
    "BEGIN:VEVENT",
    contentLine("UID", `${entry.id}@tafelrunde`),
    contentLine("SEQUENCE", String(entry.sequence)),
    contentLine("DTSTAMP", utcStamp(now)),
    contentLine("CREATED", utcStamp(entry.createdAt)),
    ...startLines(entry.time, event),
    // Not its end: that has no name where the clocks show an hour twice. Minutes, because a day is not always 24 hours.
    contentLine("DURATION", `PT${event.durationMinutes}M`),
    ...event.more,
    contentLine("SUMMARY", textValue(event.title)),
    contentLine("DESCRIPTION", textValue(description === "" ? url : `${description}\n\n${url}`)),
    contentLine("LOCATION", textValue(url)),
    contentLine("URL", url),
    contentLine("STATUS", isOff ? "CANCELLED" : "CONFIRMED"),
    contentLine("ORGANIZER", mailto(organizer.email), { CN: organizer.name }),
    ...attendee === undefined ? [] : [contentLine("ATTENDEE", mailto(attendee.email), {
      ROLE: "REQ-PARTICIPANT",
      PARTSTAT: ANSWERS[attendee.answer],
      RSVP: "TRUE",
      CN: attendee.name || attendee.email,
    })],
    "END:VEVENT",
  ];
}

/**
 * DTSTART: on the meeting's clock, which a series keeps. What takes place once while the clocks are changed has it in UTC: there are programs
 * that add a duration to what a clock shows.
 */
function startLines({ timeZone }: MeetingTime, { start, durationMinutes, isSeries }: WrittenEvent): string[] {
  const from = startOf({ timeZone }, start);
  const shown = from.toPlainDateTime();
  const isPlain = from.offset === from.add({ minutes: durationMinutes }).offset &&
    from.equals(shown.toZonedDateTime(timeZone, { disambiguation: "later" }));
  return isSeries || isPlain
    ? localLines("DTSTART", [localOf(from)], timeZone)
    : [contentLine("DTSTART", utcStamp(from.epochMilliseconds))];
}

/** A property with times on the meeting's clock; none without any. */
function localLines(name: string, times: readonly LocalTime[], timeZone: string): string[] {
  if (times.length === 0) return [];
  const stamps = times.map((time) => localStamp(Temporal.PlainDateTime.from(time)));
  const zone = zoneName(timeZone);
  return [
    zone === "UTC"
      ? contentLine(name, stamps.map((stamp) => `${stamp}Z`).join(","))
      : contentLine(name, stamps.join(","), { TZID: zone }),
  ];
}

/** "20270503T215959Z" */
function utcStamp(at: number): string {
  return `${
    localStamp(Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO("UTC").toPlainDateTime())
  }Z`;
}
