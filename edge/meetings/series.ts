import type { LocalTime, MeetingTime } from "@tafelrunde/protocol/http";
import { RRuleTemporal } from "rrule-temporal";
import type { Exception, ListedOccurrence, Occurrence } from "../store/meeting.ts";
import { zoneName } from "./time_zone.ts";

/** Why a time is invalid: the field, and the reason. */
export interface TimeFault {
  readonly field: "start" | "recurrence";
  readonly reason: "rule" | "frequency" | "part" | "count" | "interval" | "start" | "rare";
}

/** Allowed frequencies. Finer ones would have more occurrences than anyone attends. */
const FREQUENCIES = ["DAILY", "WEEKLY", "MONTHLY", "YEARLY"];

/**
 * Allowed parts of a rule: neither those that set the time of day, nor other calendars. Source: RFC 5545
 * §3.3.10.
 */
const PARTS = [
  "FREQ",
  "INTERVAL",
  "COUNT",
  "UNTIL",
  "BYDAY",
  "BYMONTHDAY",
  "BYYEARDAY",
  "BYWEEKNO",
  "BYMONTH",
  "BYSETPOS",
  "WKST",
];

/** Most occurrences by COUNT: more than three years of working days. */
const MAX_COUNT = 1_000;

const MAX_INTERVAL = 400;

/** Later than any occurrence, ms: their years end with 2099. */
export const AFTER_ALL = Date.UTC(2200);

/**
 * Most days, weeks, months or years searched for the next occurrence. A daily search for February 29th needs
 * 2,922 around the year 2100.
 */
const MAX_ITERATIONS = 4_000;

/** The fault of `time`; undefined: it is valid. */
export function findTimeFault(time: MeetingTime): TimeFault | undefined {
  if (time.recurrence === null) return undefined;
  const fault = (reason: TimeFault["reason"]): TimeFault => ({ field: "recurrence", reason });
  const parts = partsOf(time.recurrence);
  if (parts === undefined) return fault("rule");
  const frequency = parts.get("FREQ");
  if (frequency === undefined || !FREQUENCIES.includes(frequency)) return fault("frequency");
  if ([...parts.keys()].some((name) => !PARTS.includes(name))) return fault("part");
  if (parts.has("COUNT") && (parts.has("UNTIL") || !isWhole(parts.get("COUNT"), MAX_COUNT))) {
    return fault("count");
  }
  if (parts.has("INTERVAL") && !isWhole(parts.get("INTERVAL"), MAX_INTERVAL)) return fault("interval");
  let rule: Rule;
  try {
    rule = ruleOf(time, time.recurrence);
  } catch {
    return fault("rule");
  }
  try {
    const start = startOf(time, time.start);
    const first = rule.next(new Date(start.epochMilliseconds), true);
    if (first === null || localOf(first) !== time.start) return { field: "start", reason: "start" };
    rule.next(new Date(start.epochMilliseconds), false);
    if (parts.has("COUNT")) rule.previous(new Date(AFTER_ALL), false);
  } catch {
    return fault("rare");
  }
  return undefined;
}

/**
 * `time` as stored: with IANA's name of the zone, and UNTIL as the UTC instant that a rule with a time zone
 * needs (RFC 5545 §3.3.10); a day means its end. Only for a valid time.
 */
export function normalTime(time: MeetingTime): MeetingTime {
  const timeZone = zoneName(time.timeZone);
  if (time.recurrence === null) return { ...time, timeZone };
  const recurrence = time.recurrence.replace(
    /UNTIL=(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d))?(?=;|$)/,
    (_all, year, month, day, hour = "23", minute = "59", second = "59") => {
      const local = Temporal.PlainDateTime.from(`${year}-${month}-${day}T${hour}:${minute}:${second}`);
      return `UNTIL=${utcStamp(local.toZonedDateTime(time.timeZone))}`;
    },
  );
  return { ...time, timeZone, recurrence };
}

/** A series in two parts: before one of its occurrences, and from it on. */
export interface SplitTime {
  readonly before: MeetingTime;
  readonly after: MeetingTime;
}

/**
 * Splits a series before its occurrence at `original`, which is not the first: the first part ends with the
 * day before. The second begins there and continues by the same rule, with the rest of its COUNT. Source: RFC
 * 5545 §3.8.5.3, and §3.3.10 for an UNTIL in UTC.
 */
export function splitTime(
  time: MeetingTime & { readonly recurrence: string },
  original: LocalTime,
): SplitTime {
  const parts = partsOf(time.recurrence) ?? new Map<string, string>();
  const write = (changed: ReadonlyMap<string, string>) =>
    [...changed].map((part) => part.join("=")).join(";");
  const before = new Map([...parts].filter(([name]) => name !== "COUNT"));
  before.set("UNTIL", endOfDay(Temporal.PlainDate.from(original).subtract({ days: 1 }), time));
  const after = new Map(parts);
  const count = parts.get("COUNT");
  if (count !== undefined) {
    const at = startOf(time, original).epochMilliseconds;
    const past = originalsBetween(time, startOf(time, time.start).epochMilliseconds, at - 1_000).length;
    after.set("COUNT", String(Number(count) - past));
  }
  return {
    before: { ...time, recurrence: write(before) },
    after: { ...time, start: original, recurrence: write(after) },
  };
}

/**
 * Moves the series to another `start`: its UNTIL moves by as many days, to the end of a day, so that it loses
 * and gains no occurrence at its end.
 */
export function moveStart(time: MeetingTime, start: LocalTime): MeetingTime {
  if (start === time.start) return time;
  const days = Temporal.PlainDate.from(time.start).until(Temporal.PlainDate.from(start), {
    largestUnit: "days",
  });
  const clock = Temporal.PlainTime.from(time.start);
  const recurrence = time.recurrence?.replace(
    /UNTIL=(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/,
    (_all, year, month, day, hour, minute, second) => {
      const until = Temporal.Instant.from(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
      const date = until.toZonedDateTimeISO(time.timeZone).toPlainDate();
      const start = date.toZonedDateTime({ timeZone: time.timeZone, plainTime: clock });
      const isBeforeStart = Temporal.Instant.compare(until, start.toInstant()) < 0;
      const last = date.subtract({ days: isBeforeStart ? 1 : 0 });
      return `UNTIL=${endOfDay(last.add(days), time)}`;
    },
  );
  return { ...time, start, recurrence: recurrence ?? null };
}

/** Whether the rule of `time` has an occurrence at `original`. */
export function isOccurrence(time: MeetingTime, original: LocalTime): boolean {
  if (time.recurrence === null) return original === time.start;
  const at = startOf(time, original).epochMilliseconds;
  return originalsBetween(time, at, at).includes(original);
}

/** Those of `locals` at which the rule of `time` has an occurrence. */
export function occurrencesAmong(time: MeetingTime, locals: readonly LocalTime[]): LocalTime[] {
  // A rule with COUNT is searched from its start: do it once for all of them.
  if (locals.length === 0 || !partsOf(time.recurrence ?? "")?.has("COUNT")) {
    return locals.filter((local) => isOccurrence(time, local));
  }
  const instants = locals.map((local) => startOf(time, local).epochMilliseconds);
  const found = new Set(originalsBetween(time, Math.min(...instants), Math.max(...instants)));
  return locals.filter((local) => found.has(local));
}

/**
 * The occurrences that begin at `from` or later and before `to` (ms), earliest first, including cancelled
 * ones. There is at most one a day by the rule, plus those moved into the window: the caller limits the
 * window.
 */
export function occurrencesBetween(
  time: MeetingTime,
  exceptions: readonly Exception[],
  from: number,
  to: number,
): Occurrence[] {
  const changed = new Set(exceptions.map(({ original }) => original));
  const regular = originalsBetween(time, from, to).filter((original) => !changed.has(original))
    .map((original) => occurrenceAt(time, original));
  const different = exceptions.map((exception) => exceptionOf(time, exception));
  return [...regular, ...different]
    .filter(({ startsAt }) => startsAt >= from && startsAt < to)
    .sort(byStart);
}

/** The place of a meeting at `now` (ms). Cancelled occurrences do not count, unless all are cancelled. */
export function findListed(
  time: MeetingTime,
  exceptions: readonly Exception[],
  now: number,
): ListedOccurrence {
  const different = exceptions.filter(({ isCancelled }) => !isCancelled).map((exception) =>
    exceptionOf(time, exception)
  );
  const changed = new Set(exceptions.map(({ original }) => original));
  const coming = [
    ...different.filter(({ endsAt }) => endsAt > now),
    ...regularFrom(time, changed, now - time.durationMinutes * 60_000, "next"),
  ].sort(byStart).at(0);
  if (coming !== undefined) {
    return { occurrence: coming, advanceAt: time.recurrence === null ? null : coming.endsAt };
  }
  const last = [
    ...different,
    ...regularFrom(time, changed, now - time.durationMinutes * 60_000 + 1, "previous"),
  ].sort(byStart).at(-1);
  return { occurrence: last ?? occurrenceAt(time, time.start), advanceAt: null };
}

/** The occurrence that the rule has at `original`, with any change of it. */
export function findOccurrence(
  time: MeetingTime,
  exceptions: readonly Exception[],
  original: LocalTime,
): Occurrence | undefined {
  if (!isOccurrence(time, original)) return undefined;
  const exception = exceptions.find((one) => one.original === original);
  return exception === undefined ? occurrenceAt(time, original) : exceptionOf(time, exception);
}

type Rule = RRuleTemporal<Temporal.ZonedDateTime>;

/** The rule without the occurrences at `except`. */
function ruleOf(time: MeetingTime, recurrence: string, except: Iterable<LocalTime> = []): Rule {
  return new RRuleTemporal({
    rruleString: normalTime({ ...time, recurrence }).recurrence ?? recurrence,
    dtstart: startOf(time, time.start),
    exDate: Array.from(except, (local) => startOf(time, local)),
    temporal: Temporal,
    strict: true,
    maxIterations: MAX_ITERATIONS,
  });
}

/** "WEEKLY" for a series that takes place each week; null: at other intervals, or once. */
export function plainFrequency({ recurrence }: MeetingTime): string | null {
  const parts = recurrence === null ? undefined : partsOf(recurrence);
  return Number(parts?.get("INTERVAL") ?? 1) === 1 ? parts?.get("FREQ") ?? null : null;
}

/** The rule's parts by name; undefined: one is repeated. */
export function partsOf(recurrence: string): Map<string, string> | undefined {
  const parts = recurrence.split(";").map((part) => part.split("=", 2) as [string, string]);
  const byName = new Map(parts);
  return byName.size === parts.length ? byName : undefined;
}

function isWhole(text: string | undefined, most: number): boolean {
  return text !== undefined && /^[1-9]\d{0,5}$/.test(text) && Number(text) <= most;
}

/**
 * A local time in the meeting's zone. A skipped time is moved later by the length of the gap; for one shown
 * twice it is the first. Source: RFC 5545 §3.3.5, "FORM #3".
 */
export function startOf(
  { timeZone }: Pick<MeetingTime, "timeZone">,
  local: LocalTime,
): Temporal.ZonedDateTime {
  return Temporal.PlainDateTime.from(local).toZonedDateTime(timeZone, { disambiguation: "compatible" });
}

/** The last second of a day in the meeting's zone, for UNTIL. */
function endOfDay(day: Temporal.PlainDate, { timeZone }: MeetingTime): string {
  return utcStamp(day.toPlainDateTime("23:59:59").toZonedDateTime(timeZone));
}

/** "20260329T215959Z" */
export function utcStamp(at: Temporal.ZonedDateTime): string {
  return at.toInstant().toString({ smallestUnit: "second" }).replaceAll(/[-:]/g, "");
}

export function localOf(zoned: Temporal.ZonedDateTime): LocalTime {
  return zoned.toPlainDateTime().toString({ smallestUnit: "minute" });
}

function occurrenceAt(time: MeetingTime, original: LocalTime): Occurrence {
  const startsAt = startOf(time, original).epochMilliseconds;
  return { original, startsAt, endsAt: startsAt + time.durationMinutes * 60_000 };
}

function exceptionOf(time: MeetingTime, exception: Exception): Occurrence {
  const { original, start, durationMinutes } = exception;
  const startsAt = startOf(time, start ?? original).epochMilliseconds;
  return {
    original,
    startsAt,
    endsAt: startsAt + (durationMinutes ?? time.durationMinutes) * 60_000,
    exception,
  };
}

function originalsBetween(time: MeetingTime, from: number, to: number): LocalTime[] {
  if (time.recurrence === null) return [time.start];
  try {
    return ruleOf(time, time.recurrence).between(new Date(from), new Date(to), true).map(localOf);
  } catch (error) {
    if (isTooRare(error)) return [];
    throw error;
  }
}

/** The first occurrence without an exception after `at` (ms), or the last one before it. */
function regularFrom(
  time: MeetingTime,
  changed: ReadonlySet<LocalTime>,
  at: number,
  direction: "next" | "previous",
): Occurrence[] {
  if (time.recurrence === null) {
    const occurrence = occurrenceAt(time, time.start);
    const fits = direction === "next" ? occurrence.startsAt > at : occurrence.startsAt < at;
    return fits && !changed.has(time.start) ? [occurrence] : [];
  }
  // For all exceptions at once: a rule with COUNT is searched from its start each time.
  let found = walk(ruleOf(time, time.recurrence, changed), at, direction);
  if (found === "tooRare" && !partsOf(time.recurrence)?.has("COUNT")) {
    const rule = ruleOf(time, time.recurrence);
    do found = walk(rule, found === "tooRare" ? at : found.epochMilliseconds, direction); while (
      found !== null && found !== "tooRare" && changed.has(localOf(found))
    );
  }
  return found === null || found === "tooRare" ? [] : [occurrenceAt(time, localOf(found))];
}

function walk(
  rule: Rule,
  at: number,
  direction: "next" | "previous",
): Temporal.ZonedDateTime | null | "tooRare" {
  try {
    return rule[direction](new Date(at), false);
  } catch (error) {
    if (isTooRare(error)) return "tooRare";
    throw error;
  }
}

/** Whether the library has reached its iteration limit. */
function isTooRare(error: unknown): boolean {
  return error instanceof Error && /^Maximum (?:iterations|candidate)/.test(error.message);
}

function byStart(one: Occurrence, other: Occurrence): number {
  return one.startsAt - other.startsAt;
}
