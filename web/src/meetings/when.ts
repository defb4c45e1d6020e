import { dateTag } from "../i18n/dates.ts";
import { plusDays } from "./zone.ts";
import { localOf } from "./zone.ts";

/** What stands for a day that is near. */
export interface NearDays {
  readonly today: string;
  readonly tomorrow: string;
}

/** The day of an instant in `zone`: "Today", "Tomorrow", "Friday 27 March", with the year when it is another. */
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
  return new Intl.DateTimeFormat(dateTag(language), { hour: "2-digit", minute: "2-digit", timeZone: zone })
    .formatRange(from, to);
}

/** "Friday, 27 March 2026, 10:00 – 11:30" in `zone`. */
export function fullSpanOf(from: number, to: number, zone: string, language: string): string {
  return new Intl.DateTimeFormat(dateTag(language), {
    weekday: "long",
    day: "numeric",
    month: "long",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZone: zone,
  }).formatRange(from, to);
}
