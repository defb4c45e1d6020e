/**
 * Local times and time zones, with Intl alone. A local time is "2026-03-27T10:00" or with seconds; a zone an
 * IANA name; an instant ms since 1970.
 */

/** The browser's time zone; "UTC" if it knows none, or one that it cannot calculate with ("Etc/Unknown"). */
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

/** All zones that the browser knows, and `also` if it is not among them. */
export function allZones(also: string): readonly string[] {
  const known = Intl.supportedValuesOf("timeZone");
  return [...new Set([also, "UTC", ...known])].sort();
}

/** The local time in `zone` at `instant`: "2026-03-27T10:00:00". Throws RangeError if that is NaN. */
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

/** The offset of `zone` from UTC at `instant`, ms. */
export function offsetAt(instant: number, zone: string): number {
  return Date.parse(`${localOf(instant, zone)}Z`) - Math.floor(instant / 1_000) * 1_000;
}

/** The last instant that the API accepts, ms: the end of the year 9999. */
const LAST_INSTANT = 253_402_300_799_999;

const LOCAL = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/;

/**
 * The instant of `local` in `zone`. Of two such, the first; a time that the clock skips is later by the
 * length of the gap (RFC 5545 §3.3.5). NaN if `local` is invalid.
 */
export function instantOf(local: string, zone: string): number {
  const asUtc = LOCAL.test(local) ? Date.parse(`${local.length === 16 ? `${local}:00` : local}Z`) : NaN;
  // A day beyond the end of its month would be parsed as one of the next.
  if (Number.isNaN(asUtc) || !new Date(asUtc).toISOString().startsWith(local)) return NaN;
  const shift = (instant: number) => offsetAt(instant, zone);
  // The offset before any change near this time, and the one after it.
  const [before, after] = [shift(asUtc - 86_400_000), shift(asUtc + 86_400_000)];
  const early = asUtc - before;
  if (shift(early) === before) return early;
  const late = asUtc - after;
  return shift(late) === after ? late : early;
}

/**
 * The last second of `date` in `zone`, "2026-03-27T22:59:59.000Z"; undefined if the date is invalid or after
 * the year 9999.
 */
export function endOfDay(date: string, zone: string): string | undefined {
  const instant = instantOf(`${date}T23:59:59`, zone);
  return instant <= LAST_INSTANT ? new Date(instant).toISOString() : undefined;
}

/** Adds days to "2026-03-27"; "" if the date is invalid, as in an empty field. */
export function plusDays(date: string, days: number): string {
  const instant = instantOf(`${date}T00:00`, "UTC") + days * 86_400_000;
  return Math.abs(instant) <= LAST_INSTANT ? new Date(instant).toISOString().slice(0, 10) : "";
}

/** Monday 0 … Sunday 6; NaN if the date is invalid. */
export function weekdayOf(date: string): number {
  return (new Date(`${date.slice(0, 10)}T00:00:00Z`).getUTCDay() + 6) % 7;
}
