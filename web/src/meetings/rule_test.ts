/// <reference lib="deno.ns" />
import { deepEqual, equal } from "node:assert/strict";
import { deMeetings } from "../i18n/de_meetings.ts";
import { enMeetings } from "../i18n/en_meetings.ts";
import { type MeetingForm, newForm, problemsOf } from "./meeting_form.ts";
import { firstRule, formatRule, nthOfMonth, nthOnDate, parseRule, type Rule, sayRule } from "./rule.ts";
import { endOfDay, plusDays } from "./zone.ts";

const ZONE = "Europe/Berlin";
/** A Tuesday, the fourth and last of its month. */
const START = "2026-11-24T10:00";
const rule = (change: Partial<Rule>): Rule => ({ ...firstRule(START), ...change });
const en = (change: Partial<Rule>, start = START) =>
  sayRule(rule(change), start, enMeetings.repeat.rule, "en");
const de = (change: Partial<Rule>, start = START) =>
  sayRule(rule(change), start, deMeetings.repeat.rule, "de");

Deno.test("a rule is formatted as in RFC 5545, and parsed back unchanged", () => {
  const rules: readonly (readonly [Partial<Rule>, string])[] = [
    [{}, "FREQ=WEEKLY;BYDAY=TU"],
    [{ interval: 2, weekdays: ["TU", "TH"] }, "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH"],
    [{ unit: "DAILY", weekdays: [], end: { kind: "count", count: 5 } }, "FREQ=DAILY;COUNT=5"],
    [{ unit: "MONTHLY", weekdays: [] }, "FREQ=MONTHLY"],
    [{ unit: "MONTHLY", weekdays: [], nth: 4 }, "FREQ=MONTHLY;BYDAY=4TU"],
    [{ unit: "MONTHLY", weekdays: [], nth: -1 }, "FREQ=MONTHLY;BYDAY=-1TU"],
    [{ unit: "YEARLY", weekdays: [], interval: 3 }, "FREQ=YEARLY;INTERVAL=3"],
    [{ end: { kind: "until", until: "2027-01-31" } }, "FREQ=WEEKLY;BYDAY=TU;UNTIL=20270131T225959Z"],
    [{ end: { kind: "until", until: "2027-07-31" } }, "FREQ=WEEKLY;BYDAY=TU;UNTIL=20270731T215959Z"],
  ];
  for (const [change, text] of rules) {
    equal(formatRule(rule(change), START, ZONE), text);
    deepEqual(parseRule(text, START, ZONE), rule(change));
  }
});

Deno.test("rules that the editor cannot show are not parsed, so that they are not lost", () => {
  for (
    const text of [
      "FREQ=HOURLY",
      "FREQ=MONTHLY;BYDAY=1TU,3TU",
      "FREQ=MONTHLY;BYDAY=1MO",
      "FREQ=MONTHLY;BYMONTHDAY=1,15",
      "FREQ=WEEKLY;BYDAY=1MO",
      "FREQ=YEARLY;BYMONTH=3",
      "FREQ=WEEKLY;UNTIL=soon",
      "FREQ=WEEKLY;UNTIL=20271301T000000Z",
      "FREQ=WEEKLY;UNTIL=20270131T250000Z",
      "FREQ=WEEKLY;UNTIL=20270231",
      "FREQ=WEEKLY;UNTIL=99991231T235959Z",
    ]
  ) {
    equal(parseRule(text, START, ZONE), undefined, text);
  }
});

Deno.test("a day or an instant ends a series on the same day", () => {
  const end = { kind: "until", until: "2027-01-31" } as const;
  deepEqual(parseRule("FREQ=WEEKLY;UNTIL=20270131", START, ZONE)?.end, end);
  deepEqual(parseRule("FREQ=WEEKLY;UNTIL=20270131T090000Z", START, ZONE)?.end, end);
});

Deno.test("a rule has an English text", () => {
  equal(en({}), "Every week on Tuesday");
  equal(en({ interval: 2, weekdays: ["MO", "TH"] }), "Every 2 weeks on Monday and Thursday");
  equal(en({ weekdays: ["MO", "TU", "WE", "TH", "FR"] }), "Every week from Monday to Friday");
  equal(en({ unit: "DAILY", end: { kind: "count", count: 10 } }), "Every day, 10 times");
  equal(en({ unit: "MONTHLY" }, "2026-11-03T10:00"), "Every month on the 3rd");
  equal(en({ unit: "MONTHLY", nth: -1 }), "Every month on the last Tuesday");
  equal(
    en({ unit: "YEARLY", end: { kind: "until", until: "2030-05-03" } }, "2026-12-24T18:00"),
    "Every year on 24 December, until 3 May 2030",
  );
});

Deno.test("a rule has a German text", () => {
  equal(de({}), "Jede Woche am Dienstag");
  equal(de({ interval: 2, weekdays: ["MO", "TH"] }), "Alle 2 Wochen am Montag und Donnerstag");
  equal(de({ weekdays: ["MO", "TU", "WE", "TH", "FR"] }), "Jede Woche von Montag bis Freitag");
  equal(de({ unit: "DAILY", end: { kind: "count", count: 10 } }), "Jeden Tag, 10-mal");
  equal(de({ unit: "MONTHLY" }, "2026-11-03T10:00"), "Jeden Monat am 3.");
  equal(de({ unit: "MONTHLY", nth: 4 }), "Jeden Monat am vierten Dienstag");
  equal(
    de({ unit: "YEARLY", end: { kind: "until", until: "2030-05-03" } }, "2026-12-24T18:00"),
    "Jedes Jahr am 24. Dezember, bis 3. Mai 2030",
  );
});

Deno.test("a date is the n-th of its weekday in the month", () => {
  equal(nthOfMonth("2026-11-01"), 1);
  equal(nthOfMonth("2026-11-24"), 4);
  equal(nthOfMonth("2026-11-30"), 5);
});

Deno.test("a weekday of the month follows the date: it is always one that the date has", () => {
  equal(nthOnDate(0, "2026-11-17"), 0);
  equal(nthOnDate(2, "2026-11-17"), 3);
  equal(nthOnDate(-1, "2026-11-17"), 3);
  equal(nthOnDate(-1, "2026-11-24"), -1);
  equal(nthOnDate(4, "2026-11-24"), 4);
  equal(nthOnDate(1, "2026-11-30"), -1);
});

Deno.test("while a date field is empty or invalid, a rule still has a text, and the form asks for a date", () => {
  for (const date of ["", "12027-01-31", "92027-01-31", "2027-13-01", "2027-02-29"]) {
    const end = { kind: "until", until: date } as const;
    equal(en({ end }), "Every week on Tuesday, until …");
    equal(en({ unit: "YEARLY", weekdays: [] }, `${date}T10:00`), "Every year on …");
    equal(plusDays(date, 84), "");
    equal(endOfDay(date, ZONE), undefined);
    const form: MeetingForm = {
      ...newForm(0, ZONE),
      title: "Rat",
      kind: "series",
      date: START.slice(0, 10),
      rule: rule({ end }),
    };
    deepEqual(problemsOf(form, 0, true), ["until"], date);
    deepEqual(problemsOf({ ...form, date }, 0, true), ["date"], date);
  }
});
