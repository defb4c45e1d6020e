import type { MeetingTime } from "@tafelrunde/protocol/http";
import { writeCalendar } from "../edge/meetings/calendar.ts";
import { findTimeFault, normalTime, occurrencesBetween } from "../edge/meetings/series.ts";
import { zoneChanges } from "../edge/meetings/time_zone.ts";
import type { Exception } from "../edge/store/meeting.ts";
import {
  formatRule,
  nthOfMonth,
  type Rule,
  type SeriesEnd,
  UNITS,
  weekday,
} from "../web/src/meetings/rule.ts";
import { plusDays } from "../web/src/meetings/zone.ts";

/** How long a series is expanded, years. */
const YEARS = 5;

/** The longest interval in the form's list. */
const LONGEST_INTERVAL = 12;

/**
 * Zones with different clock changes: on a Sunday at night, at midnight, in the southern hemisphere, by half
 * an hour, by the moon, on a day of another month, never; and one with a recent law.
 */
export const ZONES = [
  "Europe/Berlin",
  "America/New_York",
  "America/Santiago",
  "Australia/Lord_Howe",
  "Africa/Casablanca",
  "Africa/Cairo",
  "Asia/Kolkata",
  "America/Vancouver",
] as const;

/** A series as a calendar file, and the server's expansion of it. */
export interface OfferedSeries {
  readonly name: string;
  readonly time: MeetingTime;
  readonly ics: string;
  /** Range of the expansion, ms. */
  readonly from: number;
  readonly until: number;
  /** Start, ms, and length, minutes, of each occurrence in the range, earliest first. */
  readonly occurrences: readonly (readonly [startsAt: number, minutes: number])[];
}

/** When a series begins. */
interface Beginning {
  readonly date: string;
  readonly clock: string;
  readonly minutes: number;
}

/** Every series that the form offers, in a zone: each rule with each kind of end, with varying beginnings. */
export function* offeredSeries(timeZone: string): Generator<OfferedSeries> {
  const beginnings = beginningsIn(timeZone);
  let turn = 0;
  for (const unit of UNITS) {
    for (let interval = 1; interval <= LONGEST_INTERVAL; interval++) {
      for (const kind of ["never", "until", "count"] as const) {
        const { date, clock, minutes } = beginnings[turn++ % beginnings.length]!;
        const start = `${date}T${clock}`;
        for (const days of daysOf(unit, start)) {
          const end: SeriesEnd = kind === "never"
            ? { kind }
            : kind === "count"
            ? { kind, count: 1 + turn % 40 }
            : { kind, until: plusDays(date, 29 * (1 + turn % 50)) };
          const recurrence = formatRule({ unit, interval, end, ...days }, start, timeZone);
          const time = normalTime({ start, timeZone, durationMinutes: minutes, recurrence });
          if (findTimeFault(time) !== undefined) continue;
          yield follow(time, turn % 4 === 0);
        }
      }
    }
  }
}

/** The days that the form offers for a unit. */
function daysOf(unit: Rule["unit"], start: string): Pick<Rule, "weekdays" | "nth">[] {
  const own = weekday(start);
  if (unit === "WEEKLY") {
    const sets = [[own], ["MO", "TU", "WE", "TH", "FR"], ["SA", "SU"], [own, "WE"]] as const;
    return sets.filter((days) => days.some((day) => day === own))
      .map((days) => ({ weekdays: [...new Set(days)].sort(), nth: 0 }));
  }
  if (unit !== "MONTHLY") return [{ weekdays: [], nth: 0 }];
  const nth = nthOfMonth(start);
  const isLast = plusDays(start.slice(0, 10), 7).slice(5, 7) !== start.slice(5, 7);
  return [0, ...nth < 5 ? [nth] : [], ...isLast ? [-1] : []].map((nth) => ({ weekdays: [], nth }));
}

/** Special dates and times in a zone, and some ordinary ones. */
function beginningsIn(timeZone: string): Beginning[] {
  const changes = zoneChanges(timeZone).filter(({ local }) => local.year >= 2027).slice(0, 2);
  const odd = changes.flatMap(({ local, from, to }) => {
    const date = local.toPlainDate();
    // Within the skipped or repeated period; and from before it to after it.
    const inside = (to > from ? local : local.add({ seconds: to - from })).add({ minutes: 15 });
    const clock = inside.toString().slice(11, 16);
    return [
      { date: date.subtract({ days: 7 }).toString(), clock, minutes: 30 },
      { date: date.subtract({ days: 1 }).toString(), clock, minutes: 60 },
      { date: date.subtract({ days: 28 }).toString(), clock: "22:00", minutes: 300 },
      { date: date.subtract({ days: 3 }).toString(), clock: "23:30", minutes: 480 },
    ];
  });
  return [
    ...odd,
    { date: "2027-01-31", clock: "10:00", minutes: 60 },
    { date: "2027-01-31", clock: "02:30", minutes: 45 },
    { date: "2028-02-29", clock: "00:00", minutes: 1_440 },
    { date: "2026-12-30", clock: "23:59", minutes: 15 },
    { date: "2027-03-28", clock: "09:00", minutes: 90 },
  ];
}

/** The series with the server's expansion; `isChanged`: some of its dates differ. */
function follow(time: MeetingTime, isChanged: boolean): OfferedSeries {
  const from = Date.parse(`${plusDays(time.start.slice(0, 10), -2)}T00:00:00Z`);
  const until = from + YEARS * 366 * 86_400_000;
  const exceptions = isChanged ? someExceptions(time, from, until) : [];
  const name = `${time.timeZone} ${time.start} ${time.durationMinutes} min ${time.recurrence}`;
  return {
    name,
    time,
    from,
    until,
    ics: writeCalendar(
      {
        id: "offered",
        sequence: 0,
        title: "Rat",
        description: "",
        time,
        exceptions,
        isCancelled: false,
        createdAt: 0,
        organizer: { name: "Anna", email: "anna@example.org" },
        url: "https://meet.example.org/r/k7wq-3fzp-axmd",
      },
      "PUBLISH",
      undefined,
      from,
    ),
    occurrences: occurrencesBetween(time, exceptions, from, until)
      .filter(({ exception }) => exception?.isCancelled !== true)
      .map(({ startsAt, endsAt }) => [startsAt, (endsAt - startsAt) / 60_000] as const),
  };
}

/** The second date is cancelled, the third is moved by a day and some hours, the fourth takes longer. */
function someExceptions(time: MeetingTime, from: number, until: number): Exception[] {
  const [, second, third, fourth] = occurrencesBetween(time, [], from, until);
  const exception = { isCancelled: false, start: null, durationMinutes: null, title: null };
  return [
    ...second ? [{ ...exception, original: second.original, isCancelled: true }] : [],
    ...third
      ? [{
        ...exception,
        original: third.original,
        start: `${plusDays(third.original.slice(0, 10), 1)}T14:45`,
        title: "Sondersitzung",
      }]
      : [],
    ...fourth ? [{ ...exception, original: fourth.original, durationMinutes: 200 }] : [],
  ];
}
