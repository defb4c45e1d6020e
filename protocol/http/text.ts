import * as v from "valibot";
import { canonicalEmail, canonicalHost } from "../email.ts";
import { isVisible } from "../visible.ts";

/** Neither control characters nor halves of a surrogate pair: PostgreSQL cannot store all of them, and nobody means them. */
const LINE = /^[^\p{Cc}\p{Cs}]*$/u;

/** The same, but a text may have line breaks and tabs. */
const TEXT = /^(?:[^\p{Cc}\p{Cs}]|[\t\n\r])*$/u;

/** One line of text of `min` to `max` characters, trimmed. */
// @__NO_SIDE_EFFECTS__
export function line(max: number, min = 0) {
  return v.pipe(
    v.string(),
    v.maxLength(4 * max),
    v.regex(LINE),
    v.trim(),
    v.minLength(min),
    v.maxLength(max),
    v.check((text) => min === 0 || text === "" || isVisible(text), "invisible"),
  );
}

/** Text of any number of lines, at most `max` characters, trimmed. */
// @__NO_SIDE_EFFECTS__
export function paragraphs(max: number) {
  return v.pipe(v.string(), v.maxLength(4 * max), v.regex(TEXT), v.trim(), v.maxLength(max));
}

/** A secret or another word that is compared and never shown: 1 to `max` characters as they were sent. */
// @__NO_SIDE_EFFECTS__
export function opaque(max: number) {
  return v.pipe(v.string(), v.minLength(1), v.maxLength(max), v.regex(LINE));
}

/** RFC 3339 with an offset, as JSON carries instants in this API: "2026-03-27T09:00:00.000Z". Years 1970 to 9999. */
export const Time = v.pipe(
  v.string(),
  v.isoTimestamp(),
  v.check((text) => Date.parse(text) >= 0 && Date.parse(text) < 253_402_300_800_000, "time"),
);

/** An address of e-mail, in whatever spelling; it is kept, compared and given back in one: small letters, the domain as DNS has it. */
export const Email = v.pipe(
  v.string(),
  v.maxLength(320),
  v.check((text) => canonicalEmail(text) !== undefined, "email"),
  v.transform((text) => canonicalEmail(text)!),
);

/** A host name, in whatever spelling; kept as DNS has it: "treffen.example.org", "xn--mller-kva.de". Source: RFC 1123 §2.1, RFC 5890. */
export const HostName = v.pipe(
  v.string(),
  v.maxLength(320),
  v.check((text) => canonicalHost(text) !== undefined, "form"),
  v.transform((text) => canonicalHost(text)!),
);

/** A name in an address: 3 to 63 small letters, digits and hyphens between them. Source: RFC 1035 §2.3.4, labels. */
export const Slug = v.pipe(v.string(), v.regex(/^[a-z0-9](?:[a-z0-9-]{1,61}[a-z0-9])$/));

/** Counts the changes of a resource; the same as in its ETag. */
export const ResourceVersion = v.pipe(v.number(), v.integer(), v.minValue(1));
