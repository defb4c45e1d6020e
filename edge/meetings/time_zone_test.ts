import assert from "node:assert/strict";
import ICAL from "ical.js";
import { zoneChanges, zoneLines, zoneName } from "./time_zone.ts";

const ZONES = Intl.supportedValuesOf("timeZone");

/**
 * Local times around each clock change of a zone in these years, and in between; none that are skipped or
 * shown twice.
 */
function clocksOf(zone: string, firstYear: number, lastYear: number): Temporal.PlainDateTime[] {
  const changes = zoneChanges(zone).filter(({ local }) => local.year >= firstYear && local.year <= lastYear);
  return [
    Temporal.PlainDateTime.from({ year: firstYear, month: 6, day: 1, hour: 12 }),
    ...changes.flatMap(({ local, from, to }) => {
      const [less, more] = [Math.min(0, to - from), Math.max(0, to - from)];
      return [
        local.subtract({ days: 40 }),
        local.add({ seconds: less }).subtract({ minutes: 1 }),
        local.add({ seconds: more }),
        local.add({ days: 40 }),
      ];
    }),
  ].filter((local) => zoneOffsets(local, zone).length === 1);
}

/** Instants at which clocks show this time. */
function zoneOffsets(local: Temporal.PlainDateTime, zone: string): number[] {
  const [earlier, later] = (["earlier", "later"] as const).map((disambiguation) =>
    local.toZonedDateTime(zone, { disambiguation })
  ) as [Temporal.ZonedDateTime, Temporal.ZonedDateTime];
  return earlier.equals(later) ? [earlier.epochMilliseconds] : [];
}

function readZone(zone: string, year: number): ICAL.Timezone {
  return new ICAL.Timezone(new ICAL.Component(ICAL.parse(zoneLines(zone, year).join("\r\n"))));
}

Deno.test("[D15] a calendar's zone is the server's, for every existing zone", () => {
  let compared = 0;
  for (const zone of ZONES) {
    const read = readZone(zone, 2025);
    // ical.js calculates up to 2035 only.
    for (const local of clocksOf(zone, 2025, 2034)) {
      const time = ICAL.Time.fromDateTimeString(local.toString({ smallestUnit: "second" }));
      time.zone = read;
      assert.equal(
        time.toJSDate().getTime(),
        local.toZonedDateTime(zone).epochMilliseconds,
        `${zone} ${local}`,
      );
      compared++;
    }
  }
  assert.ok(ZONES.length > 400 && compared > 5_000, `${ZONES.length} zones, ${compared} times`);
});

Deno.test("[D15] mails and calendars have the same time: the server has one source of zones", () => {
  for (const zone of ZONES) {
    const format = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone,
      dateStyle: "short",
      timeStyle: "medium",
    });
    for (const local of clocksOf(zone, 2025, 2060)) {
      const at = local.toZonedDateTime(zone).epochMilliseconds;
      const { day, month, year, hour, minute } = local;
      const [date, time] = format.format(at).split(", ") as [string, string];
      assert.deepEqual(
        [...date.split("/"), ...time.split(":")].slice(0, 5).map(Number),
        [day, month, year, hour, minute],
        `${zone} ${local}`,
      );
    }
  }
});

Deno.test("[D15] a zone is written as a rule if its changes follow one, and in full otherwise", () => {
  const rules = (zone: string) => zoneLines(zone, 2027).filter((line) => line.startsWith("RRULE:"));
  assert.deepEqual(rules("Europe/Berlin"), [
    "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
    "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
  ]);
  assert.deepEqual(rules("America/New_York"), [
    "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU",
    "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU",
  ]);
  assert.deepEqual(rules("Asia/Jerusalem"), [
    "RRULE:FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=23,24,25,26,27,28,29;BYDAY=FR",
    "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
  ]);
  assert.deepEqual(rules("Asia/Kolkata"), []);
  assert.equal(zoneLines("Asia/Kolkata", 2027).length, 8);
  assert.ok(zoneLines("Africa/Casablanca", 2027).filter((line) => line.startsWith("RDATE:")).length > 100);
});

Deno.test("[D15] a zone has its IANA name, even an old one", () => {
  assert.equal(zoneName("europe/berlin"), "Europe/Berlin");
  assert.equal(zoneLines("asia/calcutta", 2027)[1], "TZID:Asia/Calcutta");
  assert.deepEqual(zoneLines("Asia/Calcutta", 2027).slice(2), zoneLines("Asia/Kolkata", 2027).slice(2));
});
