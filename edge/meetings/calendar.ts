import type { MeetingTime } from "@tafelrunde/protocol/http";
import type { InvitationAnswer } from "@tafelrunde/protocol/http";
import ical, {
  ICalAttendeeRole,
  ICalAttendeeStatus,
  type ICalCalendar,
  ICalCalendarMethod,
  type ICalEventData,
  ICalEventStatus,
} from "ical-generator";
import { tzlib_get_ical_block } from "timezones-ical-library";
import type { Exception } from "./series.ts";

/** Somebody in a calendar. */
export interface CalendarPerson {
  readonly name: string;
  readonly email: string;
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

const STATUS: Readonly<Record<InvitationAnswer, ICalAttendeeStatus>> = {
  none: ICalAttendeeStatus.NEEDSACTION,
  accepted: ICalAttendeeStatus.ACCEPTED,
  tentative: ICalAttendeeStatus.TENTATIVE,
  declined: ICalAttendeeStatus.DECLINED,
};

/**
 * `entry` as iCalendar (RFC 5545). `attendee`: the reader with their answer, the only one: nobody learns from a calendar who else is invited.
 * A series comes whole, with each of its exceptions.
 */
export function writeCalendar(
  entry: CalendarEntry,
  method: CalendarMethod,
  attendee: (CalendarPerson & { readonly answer: InvitationAnswer }) | undefined,
  now: number,
): string {
  const calendar: ICalCalendar = ical({
    prodId: { company: "Tafelrunde", product: "Tafelrunde" },
    method: ICalCalendarMethod[method],
    // No name: instants of the calendar itself are UTC.
    timezone: { name: null, generator: (name) => zoneBlock(name)?.text ?? null },
  });
  const { time, exceptions } = entry;
  const zone = zoneBlock(time.timeZone)?.name ?? "UTC";
  const at = (local: string) =>
    Temporal.PlainDateTime.from(local).toZonedDateTime(time.timeZone, { disambiguation: "compatible" })
      .withTimeZone(zone);
  const common = (start: string, durationMinutes: number, title: string): ICalEventData => ({
    id: `${entry.id}@tafelrunde`,
    sequence: entry.sequence,
    stamp: new Date(now),
    created: new Date(entry.createdAt),
    timezone: zone,
    start: at(start),
    end: at(start).add({ minutes: durationMinutes }),
    summary: title,
    description: entry.description === "" ? entry.url : `${entry.description}\n\n${entry.url}`,
    location: entry.url,
    url: entry.url,
    status: entry.isCancelled || method === "CANCEL" ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
    organizer: { ...entry.organizer },
    ...attendee && {
      attendees: [{
        name: attendee.name || attendee.email,
        email: attendee.email,
        role: ICalAttendeeRole.REQ,
        status: STATUS[attendee.answer],
        rsvp: true,
      }],
    },
  });
  const main = common(time.start, time.durationMinutes, entry.title);
  if (time.recurrence === null) {
    calendar.createEvent(main);
    return calendar.toString();
  }
  const cancelled = exceptions.filter(({ isCancelled }) => isCancelled).map(({ original }) => at(original));
  calendar.createEvent({ ...main, repeating: repetition(time.recurrence, cancelled, zone) });
  if (method === "CANCEL") return calendar.toString();
  for (const { original, start, durationMinutes, title } of exceptions.filter((one) => !one.isCancelled)) {
    calendar.createEvent({
      ...common(start ?? original, durationMinutes ?? time.durationMinutes, title ?? entry.title),
      recurrenceId: at(original),
    });
  }
  return calendar.toString();
}

/** Whether calendars can be told of this time zone. */
export function isKnownZone(timeZone: string): boolean {
  return timeZone === "UTC" || zoneBlock(timeZone) !== undefined;
}

/** RRULE and EXDATE, as lines. */
function repetition(recurrence: string, cancelled: readonly Temporal.ZonedDateTime[], zone: string): string {
  const rule = `RRULE:${recurrence}`;
  if (cancelled.length === 0) return rule;
  const dates = cancelled.map((date) =>
    date.toPlainDateTime().toString({ smallestUnit: "second" }).replaceAll(/[-:]/g, "")
  );
  return zone === "UTC"
    ? `${rule}\r\nEXDATE:${dates.map((date) => `${date}Z`).join(",")}`
    : `${rule}\r\nEXDATE;TZID=${zone}:${dates.join(",")}`;
}

/** The VTIMEZONE of a zone, and the name that it goes by there: an old name is its new one. Undefined: nobody knows it. */
function zoneBlock(name: string): { readonly text: string; readonly name: string } | undefined {
  const found = tzlib_get_ical_block(name);
  if (!Array.isArray(found)) return undefined;
  const [text = "", id = ""] = found;
  return { text, name: id.replace(/^TZID=/, "") };
}
