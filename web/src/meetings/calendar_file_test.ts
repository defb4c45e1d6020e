/// <reference lib="deno.ns" />
import { equal, ok } from "node:assert/strict";
import type { AnsweredInvitation } from "@tafelrunde/protocol/http";
import { calendarText } from "./calendar_file.ts";

const invitation = {
  title: "Straßenfest; Größe, Ablauf und die Frage, wer am Sonntagmorgen um sieben Uhr die Bänke zurückträgt",
  ownerName: "Anna",
  name: "",
  answer: "none",
  startsAt: "2026-11-24T09:00:00.000Z",
  endsAt: "2026-11-24T10:00:00.000Z",
  timeZone: "Europe/Berlin",
  isSeries: false,
  isCancelled: false,
  room: "k7wq-3fzp-axmd",
  opensRoom: true,
} as AnsweredInvitation;

Deno.test("a calendar's file has folded lines, escaped text, and no secret", () => {
  const text = calendarText(invitation, "https://meet.example.org/r/k7wq-3fzp-axmd", 0);
  const lines = text.split("\r\n");
  ok(lines.every((line) => new TextEncoder().encode(line).length <= 75));
  const unfolded = text.replaceAll("\r\n ", "");
  ok(unfolded.includes(`SUMMARY:${invitation.title.replace(/[;,]/g, "\\$&")}\r\n`));
  ok(unfolded.includes("DTSTART:20261124T090000Z\r\nDTEND:20261124T100000Z\r\n"));
  ok(unfolded.includes("UID:k7wq-3fzp-axmd-20261124T090000Z@meet.example.org\r\n"));
  equal(text.includes("#"), false);
});
