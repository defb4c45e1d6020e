/** Makes the browser save a meeting's calendar file (RFC 5545). */
export function saveCalendar(text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/calendar" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = "meeting.ics";
  link.click();
  URL.revokeObjectURL(url);
}
