import assert from "node:assert/strict";
import ICAL from "ical.js";
import { type OfferedSeries, offeredSeries, ZONES } from "./offered_series.ts";

/**
 * ical.js's expansion of a calendar file: start, ms, and length, minutes, of events that begin before
 * `until`.
 */
function readByOther(ics: string, until: number): [number, number][] {
  const calendar = new ICAL.Component(ICAL.parse(ics));
  ICAL.TimezoneService.reset();
  for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
  const events = calendar.getAllSubcomponents("vevent").map((event) => new ICAL.Event(event));
  const series = events.find((event) => !event.isRecurrenceException())!;
  for (const event of events) if (event.isRecurrenceException()) series.relateException(event);
  const found: [number, number][] = [];
  const iterator = series.iterator();
  // A moved occurrence can begin before an earlier one of the rule.
  const beyond = until + 10 * 86_400_000;
  for (let next = iterator.next(); next && next.toJSDate().getTime() < beyond; next = iterator.next()) {
    const { startDate, endDate } = series.getOccurrenceDetails(next);
    const startsAt = startDate.toJSDate().getTime();
    found.push([startsAt, (endDate.toJSDate().getTime() - startsAt) / 60_000]);
  }
  return found.filter(([startsAt]) => startsAt < until).sort(([one], [other]) => one - other);
}

function compare({ name, ics, until, occurrences }: OfferedSeries): number {
  assert.deepEqual(readByOther(ics, until), occurrences, name);
  return occurrences.length;
}

for (const zone of ZONES) {
  Deno.test(`[D15] another library expands every series that the form offers as the server does: ${zone}`, () => {
    let [series, instants] = [0, 0];
    for (const offered of offeredSeries(zone)) {
      instants += compare(offered);
      series++;
    }
    assert.ok(series > 200 && instants > 10_000, `${series} series, ${instants} instants`);
  });
}
