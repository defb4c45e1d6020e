import assert from "node:assert/strict";
import ICAL from "ical.js";
import { contentLine, contentLines, textValue } from "./content_line.ts";

const ODD = [
  "Straßenfest; Größe, Ablauf und die Frage, wer am Sonntagmorgen um sieben Uhr die Bänke zurückträgt",
  'A:B;C,D\\E "F" 😀',
  "Zeile 1\nZeile 2\r\nZeile 3\rZeile 4",
  "👩‍👩‍👧‍👦".repeat(30),
  "\\n is no line\\\\",
  "BEGIN:VEVENT\nEND:VCALENDAR",
];

Deno.test("[B6] user text survives a round trip, and ends no line of a calendar", () => {
  for (const text of ODD) {
    const file = contentLines([
      "BEGIN:VEVENT",
      contentLine("SUMMARY", textValue(text)),
      contentLine("ATTENDEE", "mailto:anna@example.org", { CN: text }),
      "END:VEVENT",
    ]);
    const lines = file.split("\r\n");
    assert.ok(lines.every((line) => new TextEncoder().encode(line).length <= 75), "folded");
    assert.ok(lines.every((line) => line.isWellFormed()) && !/[^\r]\n|\r[^\n]/.test(file));
    const event = new ICAL.Component(ICAL.parse(file));
    const written = text.replaceAll(/\r\n?/g, "\n");
    assert.equal(event.getFirstPropertyValue("summary"), written);
    // Unescaped backslashes, which ical.js does not support (RFC 6868).
    if (!text.includes("\\")) assert.equal(event.getFirstProperty("attendee")!.getParameter("cn"), written);
    assert.equal(event.getAllProperties().length, 2);
  }
});

Deno.test("[B6] control characters are left out", () => {
  assert.equal(textValue("a\u0000b\u001bc\u007f\td"), "abc\td");
  assert.equal(contentLine("X", "1", { CN: "a\u0000\u001bb" }), "X;CN=ab:1");
});
