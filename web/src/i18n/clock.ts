/**
 * Time of day of `at` (ms since 1970) in the reader's zone, "14:05"; with the date if it is not the day of
 * `now`.
 */
export function clockTime(language: string, at: number, now: number): string {
  const sameDay = new Date(at).toDateString() === new Date(now).toDateString();
  return new Intl.DateTimeFormat(language, {
    hour: "2-digit",
    minute: "2-digit",
    ...(sameDay ? {} : { day: "numeric", month: "short" }),
  }).format(at);
}
