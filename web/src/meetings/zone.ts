/**
 * Local times and time zones, by Intl alone. A local time is "2026-03-27T10:00" or with seconds; a zone an IANA name; an instant ms since
 * 1970.
 */

/** The zone of this browser; "UTC" where it knows none, or has one that it cannot reckon with ("Etc/Unknown"). */
export function ownZone(): string {
  const zone: string | undefined = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone === undefined) return "UTC";
  try {
    localOf(0, zone);
    return zone;
  } catch {
    return "UTC";
  }
}

/** All zones that the browser knows, and `also` where it is none of them. */
export function allZones(also: string): readonly string[] {
  const known = Intl.supportedValuesOf("timeZone");
  return [...new Set([also, "UTC", ...known])].sort();
}

/** What a clock in `zone` shows at `instant`: "2026-03-27T10:00:00". Throws RangeError when that is NaN. */
export function localOf(instant: number, zone: string): string {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    calendar: "gregory",
    numberingSystem: "latn",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  }).formatToParts(instant);
  const of = (type: Intl.DateTimeFormatPartTypes) => parts.find((part) => part.type === type)?.value ?? "";
  return `${of("year").padStart(4, "0")}-${of("month")}-${of("day")}T${of("hour")}:${of("minute")}:${
    of("second")
  }`;
}

/** How far a clock in `zone` is ahead of UTC at `instant`, ms. */
export function offsetAt(instant: number, zone: string): number {
  return Date.parse(`${localOf(instant, zone)}Z`) - Math.floor(instant / 1_000) * 1_000;
}

/** The last instant that the API takes, ms: of the year 9999. */
const LAST_INSTANT = 253_402_300_799_999;

const LOCAL = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/;

/**
 * The instant at which a clock in `zone` shows `local`. Of two such, the first; a time that the clock leaps over is as much later as the
 * leap is long (RFC 5545 §3.3.5). NaN when `local` is no time.
 */
export function instantOf(local: string, zone: string): number {
  const asUtc = LOCAL.test(local) ? Date.parse(`${local.length === 16 ? `${local}:00` : local}Z`) : NaN;
  // A day that its month has not is read as one of the next.
  if (Number.isNaN(asUtc) || !new Date(asUtc).toISOString().startsWith(local)) return NaN;
  const shift = (instant: number) => offsetAt(instant, zone);
  // The offset before any change near this time, and the one after it.
  const [before, after] = [shift(asUtc - 86_400_000), shift(asUtc + 86_400_000)];
  const early = asUtc - before;
  if (shift(early) === before) return early;
  const late = asUtc - after;
  return shift(late) === after ? late : early;
}

/** The last second of `date` in `zone`, "2026-03-27T22:59:59.000Z"; undefined when it is no date, or one after the year 9999. */
export function endOfDay(date: string, zone: string): string | undefined {
  const instant = instantOf(`${date}T23:59:59`, zone);
  return instant <= LAST_INSTANT ? new Date(instant).toISOString() : undefined;
}

/** "2026-03-27" and a number of days later or earlier; "" when it is no date, as a field that is not filled in has it. */
export function plusDays(date: string, days: number): string {
  const instant = instantOf(`${date}T00:00`, "UTC") + days * 86_400_000;
  return Math.abs(instant) <= LAST_INSTANT ? new Date(instant).toISOString().slice(0, 10) : "";
}

/** Monday 0 … Sunday 6; NaN when it is no date. */
export function weekdayOf(date: string): number {
  return (new Date(`${date.slice(0, 10)}T00:00:00Z`).getUTCDay() + 6) % 7;
}
