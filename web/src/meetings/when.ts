import { dateTag } from "../i18n/dates.ts";
import { localOf, offsetAt, plusDays } from "./zone.ts";

/** Words for a day that is near. */
export interface NearDays {
  readonly today: string;
  readonly tomorrow: string;
}

/**
 * The day of an instant in `zone`: "Today", "Tomorrow", "Friday 27 March", with the year when it is another.
 */
export function dayOf(at: number, zone: string, language: string, now: number, near: NearDays): string {
  const date = localOf(at, zone).slice(0, 10);
  const today = localOf(now, zone).slice(0, 10);
  if (date === today) return near.today;
  if (date === plusDays(today, 1)) return near.tomorrow;
  return new Intl.DateTimeFormat(dateTag(language), {
    weekday: "long",
    day: "numeric",
    month: "long",
    ...(date.slice(0, 4) === today.slice(0, 4) ? {} : { year: "numeric" }),
    timeZone: zone,
  }).format(at);
}

/** "10:00 – 11:30" in `zone`. */
export function spanOf(from: number, to: number, zone: string, language: string): string {
  return sayRange(from, to, language, { hour: "2-digit", minute: "2-digit", timeZone: zone });
}

/** "Friday, 27 March 2026, 10:00 – 11:30" in `zone`. */
export function fullSpanOf(from: number, to: number, zone: string, language: string): string {
  return sayRange(from, to, language, {
    weekday: "long",
    day: "numeric",
    month: "long",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZone: zone,
  });
}

/**
 * A range in the language's format. If the clocks change within it, both ends get their offset: 02:30 to
 * 02:30 is one time to `formatRange`, and 02:45 – 02:15 looks like a mistake.
 */
function sayRange(
  from: number,
  to: number,
  language: string,
  options: Intl.DateTimeFormatOptions & { readonly timeZone: string },
): string {
  const isChanged = offsetAt(from, options.timeZone) !== offsetAt(to, options.timeZone);
  const format = new Intl.DateTimeFormat(dateTag(language), {
    ...options,
    ...(isChanged ? { timeZoneName: "short" } : {}),
  });
  return isChanged ? `${format.format(from)} – ${format.format(to)}` : format.formatRange(from, to);
}
