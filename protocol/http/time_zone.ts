import * as v from "valibot";

/**
 * IANA name of a time zone that the server knows: "Europe/Berlin". Offsets ("+01:00") are not accepted: they
 * have no daylight saving time.
 */
export const TimeZone = v.pipe(
  v.string(),
  v.maxLength(64),
  v.regex(/^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+){0,2}$/),
  v.check((name) => knownZone(name) !== undefined, "timeZone"),
  // "europe/berlin" is stored as "Europe/Berlin". A zone with two names keeps the given one.
  v.transform((name) => {
    const known = knownZone(name)!;
    return known.toLowerCase() === name.toLowerCase() ? known : name;
  }),
);

function knownZone(name: string): string | undefined {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}
