import assert from "node:assert/strict";
import type { MeetingTime } from "@tafelrunde/protocol/http";
import ICAL from "ical.js";
import type { Exception } from "../store/meeting.ts";
import { type CalendarMethod, calendarWriter, MAX_CALENDAR_BYTES, writeCalendar } from "./calendar.ts";
import { occurrencesBetween } from "./series.ts";

const CREATED = Date.parse("2026-11-30T08:00:00Z");

function write(
  time: MeetingTime,
  exceptions: Exception[] = [],
  method: CalendarMethod = "REQUEST",
  email = "anna@example.org",
): string {
  return writeCalendar(
    {
      id: "meeting",
      sequence: 3,
      title: "Rat",
      description: "",
      time,
      exceptions,
      isCancelled: false,
      createdAt: CREATED,
      organizer: { name: "Anna", email },
      url: "https://meet.example.org/r/k7wq-3fzp-axmd",
    },
    method,
    undefined,
    CREATED,
  );
}

function eventsOf(text: string): ICAL.Event[] {
  const calendar = new ICAL.Component(ICAL.parse(text));
  ICAL.TimezoneService.reset();
  for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
  return calendar.getAllSubcomponents("vevent").map((event) => new ICAL.Event(event));
}

const iso = (at: number | Date) => new Date(at).toISOString().slice(0, 16);

const once = (timeZone: string, start: string, durationMinutes: number): MeetingTime => ({
  start,
  timeZone,
  durationMinutes,
  recurrence: null,
});

Deno.test("[D15] in a calendar a meeting during a clock change begins and ends at the right time", () => {
  const meetings: [time: MeetingTime, from: string, to: string][] = [
    [once("Europe/Berlin", "2027-10-31T02:45", 30), "2027-10-31T00:45", "2027-10-31T01:15"],
    [once("Europe/Berlin", "2027-10-30T22:00", 300), "2027-10-30T20:00", "2027-10-31T01:00"],
    [once("Europe/Berlin", "2027-10-31T02:30", 60), "2027-10-31T00:30", "2027-10-31T01:30"],
    [once("Europe/Berlin", "2027-10-31T02:00", 15), "2027-10-31T00:00", "2027-10-31T00:15"],
    [once("Europe/Berlin", "2027-10-30T12:00", 1_440), "2027-10-30T10:00", "2027-10-31T10:00"],
    [once("Europe/Berlin", "2027-03-28T01:45", 30), "2027-03-28T00:45", "2027-03-28T01:15"],
    [once("Europe/Berlin", "2027-03-28T02:30", 30), "2027-03-28T01:30", "2027-03-28T02:00"],
    [once("America/New_York", "2027-11-07T01:30", 90), "2027-11-07T05:30", "2027-11-07T07:00"],
    [once("Australia/Lord_Howe", "2027-04-04T01:40", 20), "2027-04-03T14:40", "2027-04-03T15:00"],
    [once("America/Santiago", "2027-04-03T23:30", 30), "2027-04-04T02:30", "2027-04-04T03:00"],
    [once("Africa/Cairo", "2030-10-31T23:30", 60), "2030-10-31T20:30", "2030-10-31T21:30"],
  ];
  for (const [time, from, to] of meetings) {
    const name = `${time.timeZone} ${time.start}`;
    const [occurrence] = occurrencesBetween(time, [], 0, Infinity);
    assert.deepEqual([iso(occurrence!.startsAt), iso(occurrence!.endsAt)], [from, to], name);
    const text = write(time);
    assert.doesNotMatch(text, /DTEND/);
    const [event] = eventsOf(text);
    assert.deepEqual([iso(event!.startDate.toJSDate()), iso(event!.endDate.toJSDate())], [from, to], name);
  }
});

Deno.test("[D15] a series lists each date that a program with local time would get wrong", async (t) => {
  const nightly: MeetingTime = {
    start: "2027-03-20T02:30",
    timeZone: "Europe/Berlin",
    durationMinutes: 45,
    recurrence: "FREQ=DAILY;COUNT=300",
  };
  await t.step("a skipped date is left out and not counted; a doubled one has its instant", () => {
    const text = write(nightly).replaceAll("\r\n ", "");
    assert.match(text, /RRULE:FREQ=DAILY;UNTIL=20280114T013000Z\r\n/);
    assert.match(text, /EXDATE;TZID=Europe\/Berlin:20270328T023000\r\n/);
    const [series, doubled, ...others] = eventsOf(text);
    assert.deepEqual(others, []);
    assert.equal(series!.component.getFirstPropertyValue("duration")!.toString(), "PT45M");
    assert.equal(String(doubled!.recurrenceId), "2027-10-31T02:30:00");
    assert.deepEqual([doubled!.uid, doubled!.sequence], [series!.uid, series!.sequence]);
    assert.match(
      text,
      /DTSTART:20271031T003000Z\r\nDURATION:PT45M\r\nRECURRENCE-ID;TZID=Europe\/Berlin:20271031T023000/,
    );
  });
  await t.step("a changed date is listed once; a cancelled one is only left out", () => {
    const exception = { start: null, durationMinutes: null, title: null };
    const original = "2027-10-31T02:30";
    for (const isCancelled of [true, false]) {
      const text = write(nightly, [{ ...exception, original, isCancelled, title: "Wahl" }]);
      assert.deepEqual(eventsOf(text).map(({ summary }) => summary), isCancelled ? ["Rat"] : ["Rat", "Wahl"]);
    }
  });
  await t.step("a daily series is a rule only, and its cancellation one event", () => {
    assert.equal(eventsOf(write({ ...nightly, start: "2027-03-20T10:00" })).length, 1);
    assert.equal(eventsOf(write(nightly, [], "CANCEL")).length, 1);
  });
  await t.step("an endless series lists a bounded number of dates", () => {
    const text = write({ ...nightly, durationMinutes: 1_440, recurrence: "FREQ=DAILY" });
    assert.equal(eventsOf(text).length, 1 + 2 * 10);
    assert.ok(text.length < 20_000, `${text.length}`);
  });
});

Deno.test("[D15] an address with characters of a URI is one whole address in a calendar", () => {
  for (
    const email of [
      "o?x=1%41&b@example.org",
      "a#b@example.org",
      "rat/bau@example.org",
      "anna+{x}|y@example.org",
      "o'brien@example.org",
      "jürgen@münchen.de",
    ]
  ) {
    const text = write(once("Europe/Berlin", "2027-10-30T12:00", 60), [], "REQUEST", email);
    const [event] = eventsOf(text);
    const url = new URL(event!.organizer);
    assert.equal(decodeURIComponent(url.pathname), email);
    assert.equal(url.search + url.hash, "", email);
  }
});

const DAILY: MeetingTime = {
  start: "2026-11-01T10:00",
  timeZone: "Europe/Berlin",
  durationMinutes: 60,
  recurrence: "FREQ=DAILY",
};

/** A meeting with the longest texts, in which the first `count` dates have their own title. */
function longEntry(count: number) {
  const exceptions = occurrencesBetween(DAILY, [], 0, Date.parse("2029-01-01T00:00:00Z")).slice(0, count)
    .map(({ original }) => ({
      original,
      isCancelled: false,
      start: null,
      durationMinutes: 30,
      title: "😀".repeat(200),
    }));
  return {
    id: "meeting",
    sequence: 3,
    title: "Rat",
    description: "😀".repeat(4_000),
    time: DAILY,
    exceptions,
    isCancelled: false,
    createdAt: CREATED,
    organizer: { name: "Anna", email: "anna@example.org" },
  };
}

const bytesOf = (text: string) => new TextEncoder().encode(text).length;

Deno.test("[D15] the description is written once, however many dates are changed", () => {
  const write = (count: number) =>
    bytesOf(calendarWriter(longEntry(count), "PUBLISH", CREATED)("https://meet.example.org/r/a", undefined));
  const one = write(1);
  assert.ok(write(101) - one < 100 * 3_000, "an exception is its own lines alone");
  assert.ok(write(500) <= MAX_CALENDAR_BYTES);
});

Deno.test("[D15] of too many changed dates a calendar has the next ones, then the latest ones", () => {
  const writer = calendarWriter(longEntry(500), "REQUEST", CREATED, 64 * 1024);
  for (const email of ["ben@example.org", "eva@example.org"]) {
    const text = writer(`https://meet.example.org/r/k7wq-3fzp-axmd#${email}`, {
      name: "",
      email,
      answer: "none",
    });
    assert.ok(bytesOf(text) <= 64 * 1024);
    const [series, ...others] = eventsOf(text);
    assert.ok(series!.description.startsWith("😀".repeat(4_000)) && series!.description.endsWith(email));
    assert.ok(others.length > 10);
    const dates = others.map(({ recurrenceId }) => recurrenceId.toString());
    assert.equal(dates[0], "2026-11-30T10:00:00");
    assert.equal(dates[1], "2026-12-01T10:00:00");
    for (const event of [series!, ...others]) {
      assert.equal(String(event.component.getFirstPropertyValue("attendee")), `mailto:${email}`);
      assert.match(String(event.component.getFirstPropertyValue("url")), new RegExp(`#${email}$`));
    }
  }
  const all = eventsOf(calendarWriter(longEntry(40), "REQUEST", CREATED)("https://a.example", undefined));
  assert.equal(all.length, 41);
});
