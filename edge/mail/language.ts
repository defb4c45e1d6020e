import { isLanguage, type Language } from "@tafelrunde/protocol";

/** The language of mails to a person; German if they have chosen no known one. */
export function languageOf(name: string | null | undefined): Language {
  return isLanguage(name ?? "") ? name as Language : "de";
}

const LOCALES: Readonly<Record<Language, string>> = { de: "de-DE", en: "en-GB" };

const DAY_AND_TIME = {
  weekday: "long",
  day: "numeric",
  month: "long",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
} as const;

/** "Montag, 30. März 2026 um 10:00 MESZ": an instant (ms) in a time zone (IANA). */
export function sayInstant(at: number, timeZone: string, language: Language): string {
  return new Intl.DateTimeFormat(LOCALES[language], { ...DAY_AND_TIME, timeZone, timeZoneName: "short" })
    .format(at);
}

/**
 * "Montag, 30. März 2026 um 10:00–11:00 MESZ". If the UTC offset changes in between, both ends are written in
 * full: a range would name one offset for both, or, from 02:30 to 02:30, one time.
 */
export function sayRange(from: number, to: number, timeZone: string, language: Language): string {
  if (offsetAt(from, timeZone) !== offsetAt(to, timeZone)) {
    return `${sayInstant(from, timeZone, language)} – ${sayInstant(to, timeZone, language)}`;
  }
  return new Intl.DateTimeFormat(LOCALES[language], { ...DAY_AND_TIME, timeZone, timeZoneName: "short" })
    .formatRange(from, to);
}

function offsetAt(at: number, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).offset;
}
