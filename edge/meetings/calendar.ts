import type { InvitationAnswer, LocalTime, MeetingTime } from "@tafelrunde/protocol/http";
import type { Exception } from "../store/meeting.ts";
import { contentLine, contentLines, textValue } from "./content_line.ts";
import { localOf, startOf } from "./series.ts";
import { plainSeries } from "./clock_changes.ts";
import { localStamp, zoneLines, zoneName } from "./time_zone.ts";

/** A person in a calendar. */
export interface CalendarPerson {
  readonly name: string;
  readonly email: string;
}

/**
 * An address as a URI. Letters of other scripts are kept: calendar programs compare them unescaped. Source:
 * RFC 6068 §2.
 */
function mailto(email: string): string {
  return `mailto:${email.replaceAll(/[^\p{L}\p{M}\p{N}@.!$'*+_~-]/gu, encodeURIComponent)}`;
}

/** A meeting as a calendar entry. Instants are ms. */
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
  /** URL at which the reader joins. */
  readonly url: string;
}

/**
 * What a calendar program does with it: adds it as a copy, as an invitation or a change of one, or removes
 * it. Source: RFC 5546 §1.4.
 */
export type CalendarMethod = "PUBLISH" | "REQUEST" | "CANCEL";

const ANSWERS: Readonly<Record<InvitationAnswer, string>> = {
  none: "NEEDS-ACTION",
  accepted: "ACCEPTED",
  tentative: "TENTATIVE",
  declined: "DECLINED",
};

/** The invited reader of a calendar, and their answer. */
export type CalendarReader = CalendarPerson & { readonly answer: InvitationAnswer };

/** One event of the file: the meeting, its series, or one changed occurrence of the series. */
interface WrittenEvent {
  readonly start: LocalTime;
  readonly durationMinutes: number;
  readonly title: string;
  readonly isSeries: boolean;
  /** Lines that distinguish it from other events with its UID, and that repeat it. */
  readonly more: readonly string[];
}

/** Most bytes of a meeting's file: 500 changed occurrences, unless their titles are long. */
export const MAX_CALENDAR_BYTES = 400 * 1024;

const END = "END:VCALENDAR\r\n";

/** Writes the same meeting for several readers. `url`: where they join. */
export type CalendarWriter = (url: string, attendee: CalendarReader | undefined) => string;

/** `entry` as iCalendar for one reader: see `calendarWriter`. */
export function writeCalendar(
  entry: CalendarEntry,
  method: CalendarMethod,
  attendee: CalendarReader | undefined,
  now: number,
): string {
  return calendarWriter(entry, method, now)(entry.url, attendee);
}

/**
 * Writes `entry` as iCalendar (RFC 5545). `attendee`: the reader with their answer, as the only attendee: a
 * calendar does not reveal who else is invited. A series includes its exceptions: all, or as many as fit into
 * `maxBytes`, upcoming ones first, then the latest past ones. The description is written once, in the series.
 * The UID is the meeting's in every file.
 */
export function calendarWriter(
  entry: Omit<CalendarEntry, "url">,
  method: CalendarMethod,
  now: number,
  maxBytes = MAX_CALENDAR_BYTES,
): CalendarWriter {
  const { time, title, description, organizer } = entry;
  const { start, timeZone, durationMinutes } = time;
  const series = plainSeries(time, now);
  const cancelled = entry.exceptions.filter(({ isCancelled }) => isCancelled).map(({ original }) => original);
  const first: WrittenEvent = {
    start,
    durationMinutes,
    title,
    isSeries: series !== null,
    more: series === null ? [] : [
      contentLine("RRULE", series.recurrence),
      ...localLines("EXDATE", [...cancelled, ...series.skipped].sort(), timeZone),
    ],
  };
  const others = series === null || method === "CANCEL" ? [] : differentEvents(entry, series.changing);
  const years = [first, ...others].map((event) => Number(event.start.slice(0, 4)));
  const isUtc = zoneName(timeZone) === "UTC";
  const before = contentLines([
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Tafelrunde//Tafelrunde//EN",
    contentLine("METHOD", method),
    ...isUtc ? [] : zoneLines(timeZone, Math.min(...years)),
    ...whenLines(entry, first, now),
  ]);
  const nearest = byNearness(others.map((event) => startOf(time, event.start).epochMilliseconds), now);
  const heads = new Map<number, string>();
  let headBytes = 0;
  for (const index of nearest) {
    const head = contentLines(whenLines(entry, others[index]!, now));
    headBytes += bytesOf(head);
    if (headBytes > maxBytes) break;
    heads.set(index, head);
  }
  const isOff = entry.isCancelled || method === "CANCEL";
  return (url, attendee) => {
    const whereLines = [contentLine("LOCATION", textValue(url)), contentLine("URL", url)];
    const end = contentLines([
      ...whereLines,
      contentLine("STATUS", isOff ? "CANCELLED" : "CONFIRMED"),
      contentLine("ORGANIZER", mailto(organizer.email), { CN: organizer.name }),
      ...attendee === undefined ? [] : [contentLine("ATTENDEE", mailto(attendee.email), {
        ROLE: "REQ-PARTICIPANT",
        PARTSTAT: ANSWERS[attendee.answer],
        RSVP: "TRUE",
        CN: attendee.name || attendee.email,
      })],
      "END:VEVENT",
    ]);
    const about = description === "" ? url : `${description}\n\n${url}`;
    const series = before + contentLines([contentLine("DESCRIPTION", textValue(about))]) + end;
    const tail = contentLines([contentLine("DESCRIPTION", textValue(url))]) + end;
    const fitting: number[] = [];
    const tailBytes = bytesOf(tail);
    let left = maxBytes - bytesOf(series) - bytesOf(END);
    for (const [index, head] of heads) {
      left -= bytesOf(head) + tailBytes;
      if (left < 0) break;
      fitting.push(index);
    }
    const written = fitting.sort((one, other) => one - other).map((index) => heads.get(index)! + tail);
    return `${series}${written.join("")}${END}`;
  };
}

/** The changed occurrences, and those `changing`, which programs get wrong from the rule alone. */
function differentEvents(
  { time, exceptions, title }: Omit<CalendarEntry, "url">,
  changing: readonly LocalTime[],
): WrittenEvent[] {
  const changed = new Set(exceptions.map(({ original }) => original));
  const different: Pick<Exception, "original" | "start" | "durationMinutes" | "title">[] = [
    ...exceptions.filter(({ isCancelled }) => !isCancelled),
    ...changing.filter((original) => !changed.has(original))
      .map((original) => ({ original, start: null, durationMinutes: null, title: null })),
  ];
  return different.map((one) => ({
    start: one.start ?? one.original,
    durationMinutes: one.durationMinutes ?? time.durationMinutes,
    title: one.title ?? title,
    isSeries: false,
    more: localLines("RECURRENCE-ID", [one.original], time.timeZone),
  }));
}

/** The indexes of `starts` (ms): those after `now` by time, then the past ones, latest first. */
function byNearness(starts: readonly number[], now: number): number[] {
  const places = starts.map((at, index) => ({ index, late: at < now ? 1 : 0, away: Math.abs(at - now) }));
  return places.sort((one, other) => one.late - other.late || one.away - other.away)
    .map(({ index }) => index);
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** The lines of an event that are the same for every reader. */
function whenLines(entry: Omit<CalendarEntry, "url">, event: WrittenEvent, now: number): string[] {
  return [
    "BEGIN:VEVENT",
    contentLine("UID", `${entry.id}@tafelrunde`),
    contentLine("SEQUENCE", String(entry.sequence)),
    contentLine("DTSTAMP", utcStamp(now)),
    contentLine("CREATED", utcStamp(entry.createdAt)),
    ...startLines(entry.time, event),
    // Not the end time, which is ambiguous in an hour shown twice. In minutes, since a day does not always
    // have 24 hours.
    contentLine("DURATION", `PT${event.durationMinutes}M`),
    ...event.more,
    contentLine("SUMMARY", textValue(event.title)),
  ];
}

/**
 * DTSTART: in the meeting's time zone, which a series needs. A single occurrence during a clock change uses
 * UTC, since some programs add durations to local times.
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

/** A property with times in the meeting's time zone; no lines if there are none. */
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
