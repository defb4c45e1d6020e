import { endOfDay, instantOf, localOf, plusDays, weekdayOf } from "./zone.ts";

/** Monday to Sunday, with the names of RFC 5545. */
export const WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"] as const;
export type Weekday = (typeof WEEKDAYS)[number];

export const UNITS = ["DAILY", "WEEKLY", "MONTHLY", "YEARLY"] as const;
export type Unit = (typeof UNITS)[number];

/** When a series ends; `until` is its last day, "2027-05-03". */
export type SeriesEnd =
  | { readonly kind: "never" }
  | { readonly kind: "until"; readonly until: string }
  | { readonly kind: "count"; readonly count: number };

/**
 * The repetition of a meeting: the subset of RFC 5545's rules that the editor can show. Hour and day of the
 * month or year are those of its start.
 */
export interface Rule {
  readonly unit: Unit;
  /** The interval, 1 or more. */
  readonly interval: number;
  /** WEEKLY: the days, in their order; at least one. Otherwise empty. */
  readonly weekdays: readonly Weekday[];
  /** MONTHLY: which weekday of the month (1 to 4, -1: the last) instead of the day; 0: the day. */
  readonly nth: number;
  readonly end: SeriesEnd;
}

/** The largest interval and count that the editor accepts. */
export const MAX_INTERVAL = 99;
export const MAX_COUNT = 999;

/** The weekday of a local date or time. */
export function weekday(local: string): Weekday {
  return WEEKDAYS[weekdayOf(local)]!;
}

/** The number of a date among its weekdays in the month: 1 to 5. */
export function nthOfMonth(local: string): number {
  return Math.ceil(Number(local.slice(8, 10)) / 7);
}

/**
 * The new `Rule.nth` when the first date changes: the date's own weekday number in its month; "last" stays if
 * it is the last.
 */
export function nthOnDate(nth: number, date: string): number {
  const own = nthOfMonth(date);
  const isLast = plusDays(date, 7).slice(5, 7) !== date.slice(5, 7);
  if (nth === 0) return 0;
  return own > 4 || (nth === -1 && isLast) ? -1 : own;
}

/** The default rule: each week on the day of the start. */
export function firstRule(startsLocal: string): Rule {
  return { unit: "WEEKLY", interval: 1, weekdays: [weekday(startsLocal)], nth: 0, end: { kind: "never" } };
}

/**
 * Formats the value of an RRULE. `startsLocal` and `zone` are the first occurrence's: they give the day, and
 * UNTIL its instant. An invalid last day is left out.
 */
export function formatRule(rule: Rule, startsLocal: string, zone: string): string {
  const { unit, interval, end } = rule;
  const parts = [`FREQ=${unit}`];
  if (interval > 1) parts.push(`INTERVAL=${interval}`);
  if (unit === "WEEKLY") {
    parts.push(`BYDAY=${WEEKDAYS.filter((day) => rule.weekdays.includes(day)).join(",")}`);
  }
  if (unit === "MONTHLY" && rule.nth !== 0) parts.push(`BYDAY=${rule.nth}${weekday(startsLocal)}`);
  if (end.kind === "count") parts.push(`COUNT=${end.count}`);
  const last = end.kind === "until" ? endOfDay(end.until, zone) : undefined;
  if (last !== undefined) parts.push(`UNTIL=${last.replace(/[-:]|\.\d+/g, "")}`);
  return parts.join(";");
}

/** Parses the value of an RRULE; undefined if the editor cannot show all of it. */
export function parseRule(text: string, startsLocal: string, zone: string): Rule | undefined {
  const parts = new Map(text.split(";").map((part) => part.split("=") as [string, string]));
  const unit = UNITS.find((unit) => unit === parts.get("FREQ"));
  const interval = Number(parts.get("INTERVAL") ?? 1);
  const known = ["FREQ", "INTERVAL", "BYDAY", "COUNT", "UNTIL", "WKST"];
  if (unit === undefined || !(interval >= 1) || [...parts.keys()].some((name) => !known.includes(name))) {
    return undefined;
  }
  const end = readEnd(parts.get("COUNT"), parts.get("UNTIL"), zone);
  const days = readDays(unit, parts.get("BYDAY"), startsLocal);
  return end && days && { unit, interval, ...days, end };
}

function readEnd(count: string | undefined, until: string | undefined, zone: string): SeriesEnd | undefined {
  if (count !== undefined) return { kind: "count", count: Number(count) };
  if (until === undefined) return { kind: "never" };
  const match = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?$/.exec(until);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, isUtc] = match;
  const date = `${year}-${month}-${day}`;
  const instant = instantOf(`${date}T${isUtc ? `${hour}:${minute}:${second}` : "00:00"}`, "UTC");
  if (Number.isNaN(instant)) return undefined;
  const shown = isUtc ? localOf(instant, zone).slice(0, 10) : date;
  return endOfDay(shown, zone) === undefined ? undefined : { kind: "until", until: shown };
}

function readDays(
  unit: Unit,
  byDay: string | undefined,
  startsLocal: string,
): Pick<Rule, "weekdays" | "nth"> | undefined {
  const own = weekday(startsLocal);
  if (byDay === undefined) return { weekdays: unit === "WEEKLY" ? [own] : [], nth: 0 };
  if (unit === "WEEKLY") {
    const asked = byDay.split(",");
    const weekdays = WEEKDAYS.filter((day) => asked.includes(day));
    return weekdays.length === asked.length ? { weekdays, nth: 0 } : undefined;
  }
  const nth = unit === "MONTHLY" ? /^\+?([1-4]|-1)([A-Z]{2})$/.exec(byDay) : null;
  return nth !== null && nth[2] === own ? { weekdays: [], nth: Number(nth[1]) } : undefined;
}

/** The words that a language needs for a rule. */
export interface RuleWords {
  readonly every: Record<Unit, (interval: number) => string>;
  readonly onWeekdays: (days: string) => string;
  readonly workdays: string;
  readonly onDay: (day: number) => string;
  readonly onNth: (nth: number, weekday: string) => string;
  readonly onDate: (date: string) => string;
  readonly until: (date: string) => string;
  readonly times: (count: number) => string;
}

/** A rule in words: "Every 2 weeks on Monday and Thursday, until 3 May 2027". `language` is a BCP 47 tag. */
export function sayRule(rule: Rule, startsLocal: string, words: RuleWords, language: string): string {
  const { unit, interval, weekdays, nth, end } = rule;
  const day = Number(startsLocal.slice(8, 10));
  const every = words.every[unit](interval);
  const on = {
    DAILY: () => "",
    WEEKLY: () =>
      weekdays.join() === "MO,TU,WE,TH,FR" ? words.workdays : words.onWeekdays(
        new Intl.ListFormat(language).format(weekdays.map((day) => weekdayName(day, language))),
      ),
    MONTHLY: () =>
      nth === 0 ? words.onDay(day) : words.onNth(nth, weekdayName(weekday(startsLocal), language)),
    YEARLY: () => words.onDate(dateText(startsLocal, language, { day: "numeric", month: "long" })),
  }[unit]();
  const ends = end.kind === "never"
    ? ""
    : end.kind === "count"
    ? words.times(end.count)
    : words.until(dateText(end.until, language, { day: "numeric", month: "long", year: "numeric" }));
  return [[every, on].filter(Boolean).join(" "), ends].filter(Boolean).join(", ");
}

/** "Monday", "Mo" … */
export function weekdayName(day: Weekday, language: string, length: "long" | "short" = "long"): string {
  // 5 January 1970 was a Monday.
  const instant = Date.UTC(1970, 0, 5 + WEEKDAYS.indexOf(day));
  return new Intl.DateTimeFormat(language, { weekday: length, timeZone: "UTC" }).format(instant);
}

/** "…" for an invalid date: the field is not filled in yet. */
function dateText(local: string, language: string, options: Intl.DateTimeFormatOptions): string {
  const tag = language === "en" ? "en-GB" : language;
  const instant = instantOf(`${local.slice(0, 10)}T00:00`, "UTC");
  if (Number.isNaN(instant)) return "…";
  return new Intl.DateTimeFormat(tag, { ...options, timeZone: "UTC" }).format(instant);
}
