import * as v from "valibot";
import { canonicalEmail, canonicalHost } from "../email.ts";
import { countCharacters } from "../text_limits.ts";
import { isVisible } from "../visible.ts";

/**
 * No control characters and no lone surrogates: PostgreSQL cannot store all of them, and no text needs them.
 */
const LINE = /^[^\p{Cc}\p{Cs}]*$/u;

/** The same as LINE, plus line breaks and tabs. */
const TEXT = /^(?:[^\p{Cc}\p{Cs}]|[\t\n\r])*$/u;

/**
 * The same patterns for generators of clients in any language: JSON has no lone surrogates. `visible`: has a
 * visible character, checked for Latin-1 only.
 */
const READABLE = {
  line: "^[^\\x00-\\x1f\\x7f-\\x9f]*$",
  visible: "^[^\\x00-\\x1f\\x7f-\\x9f]*[^\\x00-\\x20\\x7f-\\xa0\\xad][^\\x00-\\x1f\\x7f-\\x9f]*$",
  text: "^[^\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f]*$",
} as const;

/** At most `max` characters. */
// @__NO_SIDE_EFFECTS__
function atMost(max: number) {
  return v.check<string, "tooLong">((text) => countCharacters(text) <= max, "tooLong");
}

/** Whether PostgreSQL can store the text: it has no NUL and no lone surrogate. */
export function isStorable(text: string): boolean {
  return !text.includes("\0") && text.isWellFormed();
}

/** One line of text of `min` to `max` characters, trimmed. */
// @__NO_SIDE_EFFECTS__
export function line(max: number, min = 0) {
  return v.pipe(
    v.string(),
    v.maxLength(4 * max),
    v.regex(LINE),
    v.trim(),
    v.minLength(min),
    atMost(max),
    v.check((text) => min === 0 || text === "" || isVisible(text), "invisible"),
    v.metadata({ maxLength: max, pattern: min === 0 ? READABLE.line : READABLE.visible }),
  );
}

/** Text with any number of lines, at most `max` characters, trimmed. */
// @__NO_SIDE_EFFECTS__
export function paragraphs(max: number) {
  return v.pipe(
    v.string(),
    v.maxLength(4 * max),
    v.regex(TEXT),
    v.trim(),
    atMost(max),
    v.metadata({ maxLength: max, pattern: READABLE.text }),
  );
}

/** A secret or other text that is compared and never shown: 1 to `max` characters, taken as sent. */
// @__NO_SIDE_EFFECTS__
export function opaque(max: number) {
  return v.pipe(
    v.string(),
    v.minLength(1),
    v.maxLength(2 * max),
    v.regex(LINE),
    atMost(max),
    v.metadata({ maxLength: max, pattern: READABLE.line }),
  );
}

/** First and last instant that this API accepts, ms since 1970 UTC: years 1 to 9999. */
export const FIRST_INSTANT = -62_135_596_800_000;
export const LAST_INSTANT = 253_402_300_799_999;

/** An instant as in RFC 3339, with an offset: "2026-03-27T09:00:00.000Z". Years 1 to 9999. */
export const Time = v.pipe(
  v.string(),
  v.maxLength(64),
  v.check((text) => instantOf(text) !== undefined, "time"),
  v.metadata({ format: "date-time", maxLength: undefined }),
);

const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(\.\d+)?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/**
 * The instant that an RFC 3339 text names, ms since 1970 UTC, rounded down; undefined if it is invalid or
 * outside the accepted years. A leap second is read as the first second of the next minute. Source: RFC 3339
 * §5.6.
 */
export function instantOf(text: string): number | undefined {
  const match = RFC_3339.exec(text);
  if (match === null) return undefined;
  const [
    ,
    years,
    months,
    days,
    hours,
    minutes,
    seconds,
    fraction = "0",
    sign = "+",
    offsetHours,
    offsetMinutes,
  ] = match;
  const [year, month, day, hour, minute, second] = [years, months, days, hours, minutes, seconds].map(
    Number,
  ) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const offset = Number(offsetHours ?? 0) * 60 + Number(offsetMinutes ?? 0);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const isDay = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  const isClock = hour < 24 && minute < 60 && second <= 60 && Number(offsetHours ?? 0) < 24 &&
    Number(offsetMinutes ?? 0) < 60;
  if (!isDay || !isClock) return undefined;
  const at = date.getTime() +
    ((hour * 60 + minute - (sign === "-" ? -offset : offset)) * 60 + second) * 1000 +
    Math.floor(Number(fraction) * 1000);
  return at >= FIRST_INSTANT && at <= LAST_INSTANT ? at : undefined;
}

/**
 * An email address in any spelling. It is stored, compared and returned in one spelling: lower case, with the
 * domain in its ASCII form.
 */
export const Email = v.pipe(
  v.string(),
  v.maxLength(320),
  v.check((text) => canonicalEmail(text) !== undefined, "email"),
  v.metadata({ format: "email" }),
  v.transform((text) => canonicalEmail(text)!),
);

/**
 * A host name in any spelling. It is stored in its ASCII form: "treffen.example.org", "xn--mller-kva.de".
 * Source: RFC 1123 §2.1, RFC 5890.
 */
export const HostName = v.pipe(
  v.string(),
  v.maxLength(320),
  v.check((text) => canonicalHost(text) !== undefined, "form"),
  v.metadata({ format: "idn-hostname" }),
  v.transform((text) => canonicalHost(text)!),
);

/**
 * A name in a URL: 3 to 63 lower-case letters, digits, and hyphens between them. Source: RFC 1035 §2.3.4,
 * labels.
 */
export const Slug = v.pipe(v.string(), v.regex(/^[a-z0-9](?:[a-z0-9-]{1,61}[a-z0-9])$/));

/** Number of changes of a resource; the same as in its ETag. */
export const ResourceVersion = v.pipe(v.number(), v.integer(), v.minValue(1));
