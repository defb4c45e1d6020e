/// <reference lib="deno.ns" />
import { deepEqual, equal } from "node:assert/strict";
import { CreateMeeting, type MeetingTime } from "@tafelrunde/protocol/http";
import * as v from "valibot";
import { formOf, type MeetingForm, movesDates, newForm, problemsOf, timeOf } from "./meeting_form.ts";

const ZONE = "Europe/Berlin";
const NOW = Date.parse("2026-11-24T08:10:00Z");
const form = (change: Partial<MeetingForm>): MeetingForm => ({
  ...newForm(NOW, ZONE),
  title: "Budget",
  ...change,
});
const meeting = (time: MeetingTime | null) => ({ title: "Budget", description: "", time });

Deno.test("a new meeting begins at the next full hour that leaves time to invite", () => {
  const { date, clock, durationMinutes, zone } = newForm(NOW, ZONE);
  deepEqual([date, clock, durationMinutes, zone], ["2026-11-24", "10:00", 60, ZONE]);
  equal(newForm(Date.parse("2026-11-24T22:40:00Z"), ZONE).date, "2026-11-25");
});

Deno.test("every form without a problem is accepted by the API", () => {
  for (
    const change of [
      { kind: "once" },
      { kind: "permanent" },
      { kind: "series" },
      { kind: "series", customRule: "FREQ=MONTHLY;BYDAY=1TU,3TU" },
      { kind: "series", rule: { ...newForm(NOW, ZONE).rule, end: { kind: "until", until: "2027-03-31" } } },
    ] satisfies Partial<MeetingForm>[]
  ) {
    const filled = form(change);
    deepEqual(problemsOf(filled, NOW, true), []);
    const body = v.parse(CreateMeeting, { title: filled.title, time: timeOf(filled) });
    deepEqual(timeOf(formOf(meeting(body.time), NOW, ZONE)), timeOf(filled));
  }
});

Deno.test("a form says what is wrong with it", () => {
  deepEqual(problemsOf(form({ title: " " }), NOW, true), ["title"]);
  deepEqual(problemsOf(form({ date: "" }), NOW, true), ["date"]);
  deepEqual(problemsOf(form({ clock: "" }), NOW, true), ["clock"]);
  deepEqual(problemsOf(form({ date: "2026-11-20" }), NOW, true), ["past"]);
  deepEqual(problemsOf(form({ date: "2026-11-20" }), NOW, false), []);
  const { rule } = newForm(NOW, ZONE);
  deepEqual(problemsOf(form({ kind: "series", rule: { ...rule, weekdays: [] } }), NOW, true), ["weekdays"]);
  deepEqual(problemsOf(form({ kind: "series", rule: { ...rule, weekdays: ["MO"] } }), NOW, true), [
    "firstWeekday",
  ]);
  const over = { ...rule, end: { kind: "until", until: "2026-11-01" } } as const;
  deepEqual(problemsOf(form({ kind: "series", rule: over }), NOW, true), ["until"]);
});

Deno.test("only another start, time zone or rule moves the dates of a series", () => {
  const series = form({ kind: "series" });
  const before = timeOf(series);
  equal(movesDates(before, { ...series, title: "Other", durationMinutes: 30 }), false);
  equal(movesDates(before, { ...series, clock: "11:00" }), true);
  equal(movesDates(before, { ...series, zone: "Europe/Lisbon" }), true);
  equal(movesDates(before, { ...series, kind: "once" }), true);
  equal(movesDates(before, { ...series, kind: "permanent" }), true);
});
