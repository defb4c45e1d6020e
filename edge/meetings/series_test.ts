import assert from "node:assert/strict";
import type { MeetingTime } from "@tafelrunde/protocol/http";
import ICAL from "ical.js";
import { RRuleTemporal } from "rrule-temporal";
import type { Exception, Occurrence } from "../store/meeting.ts";
import { plainSeries } from "./clock_changes.ts";
import {
  AFTER_ALL,
  findListed,
  findOccurrence,
  findTimeFault,
  isOccurrence,
  normalTime,
  occurrencesBetween,
} from "./series.ts";
import { zoneLines } from "./time_zone.ts";

const at = (text: string) => Date.parse(text);

/**
 * Mondays at 10:00 in Berlin, an hour long, from 23 March 2026. Clocks go forward on the 29th, back on 25
 * October.
 */
const MONDAYS: MeetingTime = {
  start: "2026-03-23T10:00",
  timeZone: "Europe/Berlin",
  durationMinutes: 60,
  recurrence: "FREQ=WEEKLY;BYDAY=MO",
};

const series = (recurrence: string | null, start = MONDAYS.start): MeetingTime => ({
  ...MONDAYS,
  start,
  recurrence,
});

const exception = (original: string, change: Partial<Exception> = {}): Exception => ({
  original,
  isCancelled: false,
  start: null,
  durationMinutes: null,
  title: null,
  ...change,
});

const starts = (occurrences: readonly Occurrence[]) =>
  occurrences.map(({ startsAt }) => new Date(startsAt).toISOString().slice(0, 16));

Deno.test("[D1] a series keeps its time of day when clocks change", async (t) => {
  await t.step("10:00 in Berlin is 09:00 UTC in winter and 08:00 UTC in summer", () => {
    assert.deepEqual(starts(occurrencesBetween(MONDAYS, [], at("2026-03-20Z"), at("2026-04-10Z"))), [
      "2026-03-23T09:00",
      "2026-03-30T08:00",
      "2026-04-06T08:00",
    ]);
    assert.deepEqual(starts(occurrencesBetween(MONDAYS, [], at("2026-10-18Z"), at("2026-11-01Z"))), [
      "2026-10-19T08:00",
      "2026-10-26T09:00",
    ]);
  });
  await t.step("an hour stays an hour, across a clock change too", () => {
    const night = series("FREQ=DAILY", "2026-03-28T01:30");
    const [before, of] = occurrencesBetween(night, [], at("2026-03-28Z"), at("2026-03-30Z"));
    for (const one of [before!, of!]) assert.equal(one.endsAt - one.startsAt, 3_600_000);
  });
  await t.step(
    "an occurrence at a skipped time of day does not take place, and one shown twice takes place once",
    () => {
      const skipped = series("FREQ=DAILY", "2026-03-28T02:30");
      assert.deepEqual(starts(occurrencesBetween(skipped, [], at("2026-03-27Z"), at("2026-03-31Z"))), [
        "2026-03-28T01:30",
        "2026-03-30T00:30",
      ]);
      const doubled = series("FREQ=DAILY", "2026-10-24T02:30");
      assert.deepEqual(starts(occurrencesBetween(doubled, [], at("2026-10-23Z"), at("2026-10-27Z"))), [
        "2026-10-24T00:30",
        "2026-10-25T00:30",
        "2026-10-26T01:30",
      ]);
    },
  );
  await t.step("other zones change on other days", () => {
    const newYork = { ...MONDAYS, timeZone: "America/New_York", start: "2026-03-02T10:00" };
    assert.deepEqual(starts(occurrencesBetween(newYork, [], at("2026-03-01Z"), at("2026-03-17Z"))), [
      "2026-03-02T15:00",
      "2026-03-09T14:00",
      "2026-03-16T14:00",
    ]);
  });
});

Deno.test("[D1] another library finds the same occurrences, over three years and several zones", () => {
  const rules = [
    "FREQ=DAILY;INTERVAL=3",
    "FREQ=WEEKLY;BYDAY=MO,WE,FR",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;WKST=MO",
    "FREQ=MONTHLY;BYDAY=-1FR,4MO",
    "FREQ=MONTHLY;BYMONTHDAY=23,31",
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-7",
    "FREQ=YEARLY;BYMONTH=3;BYDAY=4MO",
    "FREQ=WEEKLY;COUNT=70",
    "FREQ=WEEKLY;UNTIL=20270330T080000Z",
  ];
  for (const timeZone of ["Europe/Berlin", "America/New_York", "Pacific/Auckland", "Asia/Kolkata"]) {
    for (const recurrence of rules) {
      const time = { ...MONDAYS, timeZone, recurrence };
      const to = at("2029-03-23Z");
      const expected = byOtherLibrary(time, to);
      assert.ok(expected.length > 2);
      // The libraries differ if the start is not an occurrence: such a time is refused.
      const ours = starts(occurrencesBetween(time, [], at("2026-03-01Z"), to));
      if (findTimeFault(time) === undefined) assert.deepEqual(ours, expected, `${timeZone} ${recurrence}`);
      else assert.deepEqual(ours, expected.slice(1), `${timeZone} ${recurrence}`);
    }
  }
});

/** The occurrences of the same rule by ical.js. */
function byOtherLibrary(time: MeetingTime, to: number): string[] {
  const zone = new ICAL.Timezone(new ICAL.Component(ICAL.parse(zoneLines(time.timeZone, 2026).join("\r\n"))));
  const start = ICAL.Time.fromDateTimeString(`${time.start}:00`);
  start.zone = zone;
  const found: string[] = [];
  const iterator = ICAL.Recur.fromString(time.recurrence!).iterator(start);
  for (let next = iterator.next(); next !== null; next = iterator.next()) {
    const date = next.toJSDate();
    if (date.getTime() >= to) break;
    found.push(date.toISOString().slice(0, 16));
  }
  return found;
}

Deno.test("[D2] a rule is refused if it is malformed, too fine, or too rare", () => {
  const faults: readonly (readonly [string, string])[] = [
    ["FREQ=SECONDLY", "frequency"],
    ["FREQ=MINUTELY;INTERVAL=1", "frequency"],
    ["FREQ=HOURLY", "frequency"],
    ["FREQ=FORTNIGHTLY", "frequency"],
    ["COUNT=3", "frequency"],
    ["FREQ=DAILY;BYHOUR=1,2,3", "part"],
    ["FREQ=DAILY;BYSECOND=1", "part"],
    ["FREQ=DAILY;RSCALE=CHINESE", "part"],
    ["FREQ=DAILY;X=1", "part"],
    ["FREQ=DAILY;FREQ=DAILY", "rule"],
    ["FREQ=WEEKLY;BYDAY=XX", "rule"],
    ["FREQ=DAILY;UNTIL=2026", "rule"],
    ["FREQ=DAILY;UNTIL=20269999", "rule"],
    ["FREQ=DAILY;COUNT=1001", "count"],
    ["FREQ=DAILY;COUNT=0", "count"],
    ["FREQ=DAILY;COUNT=2;UNTIL=20270101T000000Z", "count"],
    ["FREQ=DAILY;INTERVAL=0", "interval"],
    ["FREQ=DAILY;INTERVAL=100000", "interval"],
    ["FREQ=WEEKLY;BYDAY=TU", "start"],
    ["FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "rare"],
    ["FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "rare"],
    ["FREQ=DAILY;BYMONTH=3;BYMONTHDAY=23;COUNT=1000", "rare"],
  ];
  for (const [recurrence, reason] of faults) {
    assert.equal(findTimeFault(series(recurrence))?.reason, reason, recurrence);
  }
  for (const recurrence of ["FREQ=DAILY", "FREQ=WEEKLY;COUNT=1000", "FREQ=WEEKLY;UNTIL=20261231", null]) {
    assert.equal(findTimeFault(series(recurrence)), undefined);
  }
});

Deno.test("[D2] UNTIL is stored as the UTC instant that calendars need", () => {
  assert.equal(
    normalTime(series("FREQ=WEEKLY;UNTIL=20260406")).recurrence,
    "FREQ=WEEKLY;UNTIL=20260406T215959Z",
  );
  assert.equal(
    normalTime(series("FREQ=WEEKLY;UNTIL=20261130T100000;BYDAY=MO")).recurrence,
    "FREQ=WEEKLY;UNTIL=20261130T090000Z;BYDAY=MO",
  );
  const already = series("FREQ=WEEKLY;UNTIL=20261130T090000Z");
  assert.deepEqual(normalTime(already), already);
  assert.equal(occurrencesBetween(series("FREQ=WEEKLY;UNTIL=20260406"), [], 0, at("2027-01-01Z")).length, 3);
});

Deno.test("[D3] one occurrence is moved, renamed, cancelled", async (t) => {
  const exceptions = [
    exception("2026-03-30T10:00", { start: "2026-04-01T14:00", durationMinutes: 30 }),
    exception("2026-04-06T10:00", { isCancelled: true }),
    exception("2026-04-13T10:00", { title: "Wahl" }),
  ];
  await t.step("the others stay", () => {
    const found = occurrencesBetween(MONDAYS, exceptions, at("2026-03-20Z"), at("2026-04-21Z"));
    assert.deepEqual(starts(found), [
      "2026-03-23T09:00",
      "2026-04-01T12:00",
      "2026-04-06T08:00",
      "2026-04-13T08:00",
      "2026-04-20T08:00",
    ]);
    assert.equal(found[1]!.endsAt - found[1]!.startsAt, 30 * 60_000);
    assert.deepEqual(found.map(({ exception: one }) => one?.isCancelled ?? false), [
      false,
      false,
      true,
      false,
      false,
    ]);
  });
  await t.step("one moved far away is found there and not at its old time", () => {
    const far = [exception("2026-03-30T10:00", { start: "2026-12-01T10:00" })];
    assert.deepEqual(starts(occurrencesBetween(MONDAYS, far, at("2026-03-29Z"), at("2026-03-31Z"))), []);
    assert.deepEqual(starts(occurrencesBetween(MONDAYS, far, at("2026-12-01Z"), at("2026-12-02Z"))), [
      "2026-12-01T09:00",
    ]);
  });
  await t.step("only occurrences of the rule can be named", () => {
    assert.ok(isOccurrence(MONDAYS, "2026-10-26T10:00"));
    assert.ok(!isOccurrence(MONDAYS, "2026-10-26T10:01"));
    assert.ok(!isOccurrence(MONDAYS, "2026-03-16T10:00"));
    assert.ok(isOccurrence(series(null), MONDAYS.start));
  });
});

Deno.test("[D4] the place in lists is the current or next occurrence, then the last one", async (t) => {
  const placeAt = (time: MeetingTime, now: string, exceptions: Exception[] = []) => {
    const { occurrence, advanceAt } = findListed(time, exceptions, at(now));
    return [starts([occurrence])[0], advanceAt && new Date(advanceAt).toISOString().slice(0, 16)];
  };
  await t.step("of a series", () => {
    assert.deepEqual(placeAt(MONDAYS, "2026-03-01T00:00Z"), ["2026-03-23T09:00", "2026-03-23T10:00"]);
    assert.deepEqual(placeAt(MONDAYS, "2026-03-23T09:59Z"), ["2026-03-23T09:00", "2026-03-23T10:00"]);
    assert.deepEqual(placeAt(MONDAYS, "2026-03-23T10:00Z"), ["2026-03-30T08:00", "2026-03-30T09:00"]);
    assert.deepEqual(placeAt(MONDAYS, "2046-03-27T10:00Z"), ["2046-04-02T08:00", "2046-04-02T09:00"]);
  });
  await t.step("of a series that is over", () => {
    const three = series("FREQ=WEEKLY;COUNT=3");
    assert.deepEqual(placeAt(three, "2026-04-06T08:30Z"), ["2026-04-06T08:00", "2026-04-06T09:00"]);
    assert.deepEqual(placeAt(three, "2026-04-06T09:00Z"), ["2026-04-06T08:00", null]);
    assert.deepEqual(placeAt(three, "2036-04-06T09:00Z"), ["2026-04-06T08:00", null]);
  });
  await t.step("of a meeting that takes place once", () => {
    assert.deepEqual(placeAt(series(null), "2026-03-01T00:00Z"), ["2026-03-23T09:00", null]);
    assert.deepEqual(placeAt(series(null), "2027-03-01T00:00Z"), ["2026-03-23T09:00", null]);
  });
  await t.step("with exceptions: cancelled ones do not count, moved ones count at their new time", () => {
    const exceptions = [
      exception("2026-03-23T10:00", { isCancelled: true }),
      exception("2026-03-30T10:00", { start: "2026-04-02T10:00" }),
      exception("2026-04-06T10:00", { start: "2026-03-25T10:00" }),
    ];
    assert.deepEqual(placeAt(MONDAYS, "2026-03-20T00:00Z", exceptions), [
      "2026-03-25T09:00",
      "2026-03-25T10:00",
    ]);
    assert.deepEqual(placeAt(MONDAYS, "2026-03-26T00:00Z", exceptions)[0], "2026-04-02T08:00");
    assert.deepEqual(placeAt(MONDAYS, "2026-04-03T00:00Z", exceptions)[0], "2026-04-13T08:00");
    const two = series("FREQ=WEEKLY;COUNT=2");
    assert.deepEqual(placeAt(two, "2026-04-20T00:00Z", exceptions.slice(0, 2)), ["2026-04-02T08:00", null]);
  });
});

Deno.test("[D2] the most expensive rules take little time: the search is bounded", () => {
  const dear = [
    "FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYMONTH=1,2,3,4,5,6,7,8,9,10,11,12",
    "FREQ=YEARLY;BYWEEKNO=13;BYDAY=MO",
    "FREQ=DAILY;BYMONTH=3;BYMONTHDAY=23;BYDAY=MO",
    "FREQ=DAILY;INTERVAL=400",
  ];
  for (const recurrence of dear) {
    const time = series(recurrence);
    if (findTimeFault(time) !== undefined) continue;
    findListed(time, [], at("2090-01-01Z"));
    assert.ok(occurrencesBetween(time, [], at("2090-01-01Z"), at("2091-02-01Z")).length <= 400);
  }
});

/** Rules with COUNT, which the library searches from their start each time. */
const COUNTED = [
  "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=1;COUNT=1000",
  "FREQ=MONTHLY;BYMONTHDAY=23;BYDAY=MO;BYSETPOS=1;COUNT=200",
  "FREQ=DAILY;COUNT=1000",
];

/** How often `work` calls the library. */
function countWalks(work: () => unknown): number {
  let walks = 0;
  const { next, previous, between } = RRuleTemporal.prototype;
  const counted = <Args extends unknown[], Result>(method: (...args: Args) => Result) =>
    function (this: unknown, ...args: Args): Result {
      walks++;
      return method.apply(this, args);
    };
  Object.assign(RRuleTemporal.prototype, {
    next: counted(next),
    previous: counted(previous),
    between: counted(between),
  });
  try {
    work();
  } finally {
    Object.assign(RRuleTemporal.prototype, { next, previous, between });
  }
  return walks;
}

Deno.test("[D4] a rule is searched as often for 200 exceptions as for none", () => {
  for (const recurrence of [...COUNTED, "FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=1"]) {
    const time = series(recurrence);
    const all = occurrencesBetween(time, [], 0, at("2036-03-01Z"));
    const last = all.at(-1)!;
    for (const change of [{ isCancelled: true }, { start: "2026-03-22T10:00" }]) {
      const changed = all.slice(0, 200).map(({ original }) => exception(original, change));
      for (const now of [at("2026-03-23Z"), last.startsAt, AFTER_ALL]) {
        const walks = countWalks(() => findListed(time, changed, now));
        assert.ok(walks <= 2, `${recurrence}: ${walks}`);
      }
      assert.ok(countWalks(() => findOccurrence(time, changed, MONDAYS.start)) <= 1);
      assert.ok(countWalks(() => occurrencesBetween(time, changed, 0, AFTER_ALL)) <= 1);
    }
  }
});

Deno.test("[D15] a rule with COUNT is searched as often for all clock changes as for one", () => {
  for (const recurrence of COUNTED) {
    const time = { ...series(recurrence, "2026-03-23T02:30"), durationMinutes: 1_440 };
    assert.ok(countWalks(() => plainSeries(time, at("2026-03-01Z"))) < 90, recurrence);
    const late = { ...time, start: "2026-03-23T10:00" };
    assert.ok(countWalks(() => plainSeries(late, at("2026-03-01Z"))) <= 1, recurrence);
  }
});

Deno.test("[D4] exceptions of occurrences every few years are skipped, too", () => {
  const time = series("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29", "2024-02-29T10:00");
  const changed = ["2024", "2028", "2032", "2036", "2040"].map((year) =>
    exception(`${year}-02-29T10:00`, { isCancelled: true })
  );
  assert.deepEqual(starts([findListed(time, changed, at("2026-01-01Z")).occurrence]), ["2044-02-29T09:00"]);
});

Deno.test("[D4] a rule that cannot be searched to its end has a place, too, and blocks no other", () => {
  const far = ["FREQ=DAILY;BYDAY=MO;COUNT=1000", "FREQ=DAILY;BYMONTHDAY=23;BYMONTH=3;UNTIL=20800101T000000Z"];
  for (const recurrence of far) {
    assert.ok(findListed(series(recurrence), [], AFTER_ALL).occurrence.startsAt >= at("2026-03-23T09:00Z"));
  }
});
