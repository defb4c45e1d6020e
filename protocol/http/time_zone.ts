import * as v from "valibot";

/** IANA name of a time zone that the server knows: "Europe/Berlin". Offsets ("+01:00") are none: they know no summer. */
export const TimeZone = v.pipe(
  v.string(),
  v.maxLength(64),
  v.regex(/^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+){0,2}$/),
  v.check(isTimeZone, "timeZone"),
);

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
