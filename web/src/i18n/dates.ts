/** European English: 27 March, 14:05. */
export function dateTag(language: string): string {
  return language === "en" ? "en-GB" : language;
}

/** The day of an instant (ISO 8601, or ms since 1970), "27 March 2026". */
export function dayText(language: string, at: string | number): string {
  return new Intl.DateTimeFormat(dateTag(language), { dateStyle: "long" }).format(new Date(at));
}

/** Day and time, "27 Mar 2026, 14:05". */
export function momentText(language: string, at: string | number): string {
  return new Intl.DateTimeFormat(dateTag(language), { dateStyle: "medium", timeStyle: "short" }).format(
    new Date(at),
  );
}
