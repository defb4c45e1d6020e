/** Languages that mails are written in. */
export const LANGUAGES = ["de", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

/** The language to write to somebody in; German when they have named none that we know. */
export function languageOf(name: string | null | undefined): Language {
  return LANGUAGES.find((language) => language === name) ?? "de";
}

const LOCALES: Readonly<Record<Language, string>> = { de: "de-DE", en: "en-GB" };

/** "Montag, 30. März 2026 um 10:00 MESZ": an instant (ms) in a time zone (IANA). */
export function sayInstant(at: number, timeZone: string, language: Language): string {
  return new Intl.DateTimeFormat(LOCALES[language], {
    timeZone,
    weekday: "long",
    day: "numeric",
    month: "long",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZoneName: "short",
  }).format(at);
}
