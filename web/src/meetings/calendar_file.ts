import type { AnsweredInvitation } from "../api/meetings.ts";

/** Longest line of a calendar's file, octets. Source: RFC 5545 §3.1. */
const MAX_LINE = 75;

/** The invitation's next date as text/calendar (RFC 5545). `now`: ms since 1970; `url`: where the meeting is. */
export function calendarText(invitation: AnsweredInvitation, url: string, now: number): string {
  const { startsAt, endsAt, title, room } = invitation;
  if (startsAt === null || endsAt === null) throw new Error("a permanent meeting has no date");
  return [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Tafelrunde//EN",
    "BEGIN:VEVENT",
    `UID:${room}-${stamp(Date.parse(startsAt))}@${new URL(url).host}`,
    `DTSTAMP:${stamp(now)}`,
    `DTSTART:${stamp(Date.parse(startsAt))}`,
    `DTEND:${stamp(Date.parse(endsAt))}`,
    `SUMMARY:${escapeText(title)}`,
    `LOCATION:${escapeText(url)}`,
    "END:VEVENT",
    "END:VCALENDAR",
    "",
  ].map(fold).join("\r\n");
}

/** Has the browser save it. The link's secret is not in it: a calendar is often shared. */
export function saveCalendar(invitation: AnsweredInvitation): void {
  const text = calendarText(invitation, `${location.origin}/r/${invitation.room}`, Date.now());
  const url = URL.createObjectURL(new Blob([text], { type: "text/calendar" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = "meeting.ics";
  link.click();
  URL.revokeObjectURL(url);
}

/** "20270503T215959Z" */
function stamp(instant: number): string {
  return new Date(instant).toISOString().replace(/[-:]|\.\d+/g, "");
}

/** Source: RFC 5545 §3.3.11. */
function escapeText(text: string): string {
  return text.replace(/[\\;,]/g, (sign) => `\\${sign}`).replace(/\r?\n/g, "\\n");
}

/** A long line goes on in the next, behind a space; never inside of a letter. */
function fold(line: string): string {
  const bytes = new TextEncoder();
  let out = "";
  let length = 0;
  for (const letter of line) {
    const size = bytes.encode(letter).length;
    if (length + size > MAX_LINE) {
      out += "\r\n ";
      length = 1;
    }
    out += letter;
    length += size;
  }
  return out;
}
