/// <reference lib="deno.ns" />
import { equal } from "node:assert/strict";
import { instantOf, localOf, ownZone, plusDays, weekdayOf } from "./zone.ts";

const iso = (local: string, zone: string) => new Date(instantOf(local, zone)).toISOString();

Deno.test("a local time is an instant, in summer and in winter", () => {
  equal(iso("2026-01-15T10:00", "Europe/Berlin"), "2026-01-15T09:00:00.000Z");
  equal(iso("2026-07-15T10:00:00", "Europe/Berlin"), "2026-07-15T08:00:00.000Z");
  equal(iso("2026-07-15T10:00", "America/New_York"), "2026-07-15T14:00:00.000Z");
  equal(iso("2026-07-15T10:00", "Asia/Kathmandu"), "2026-07-15T04:15:00.000Z");
  equal(localOf(Date.parse("2026-07-15T08:00:00Z"), "Europe/Berlin"), "2026-07-15T10:00:00");
  equal(localOf(Date.parse("2026-07-14T22:00:00Z"), "Europe/Berlin"), "2026-07-15T00:00:00");
});

Deno.test("where the clock is put forward or back, a time is still one instant", () => {
  equal(iso("2026-03-29T02:30", "Europe/Berlin"), "2026-03-29T01:30:00.000Z");
  equal(iso("2026-03-29T03:00", "Europe/Berlin"), "2026-03-29T01:00:00.000Z");
  equal(iso("2026-10-25T02:30", "Europe/Berlin"), "2026-10-25T00:30:00.000Z");
  equal(iso("2026-10-25T03:00", "Europe/Berlin"), "2026-10-25T02:00:00.000Z");
});

/** The clock changes of a zone from 2026 to 2028. */
function changesOf(zone: string): Temporal.ZonedDateTime[] {
  const changes: Temporal.ZonedDateTime[] = [];
  let at = Temporal.Instant.from("2026-01-01T00:00Z").toZonedDateTimeISO(zone);
  for (;;) {
    const next = at.getTimeZoneTransition("next");
    if (next === null || next.year > 2028) return changes;
    changes.push(next);
    at = next;
  }
}

Deno.test("[D15] in every zone, around each clock change, a time is the same instant as on the server", () => {
  let compared = 0;
  for (const zone of Intl.supportedValuesOf("timeZone")) {
    for (const change of changesOf(zone)) {
      for (const minutes of [-1_500, -90, -61, -60, -45, -30, -15, -1, 0, 1, 15, 30, 45, 60, 90, 1_500]) {
        const local = change.toPlainDateTime().add({ minutes });
        const expected = local.toZonedDateTime(zone, { disambiguation: "compatible" }).epochMilliseconds;
        equal(instantOf(local.toString().slice(0, 16), zone), expected, `${zone} ${local}`);
        compared++;
      }
    }
  }
  equal(compared > 5_000, true);
});

Deno.test("days have neighbours and weekdays", () => {
  equal(plusDays("2026-12-31", 1), "2027-01-01");
  equal(weekdayOf("2026-11-23"), 0);
  equal(weekdayOf("2026-11-29T10:00"), 6);
});

Deno.test("a browser that knows no time zone, or one that it cannot calculate with, uses UTC", () => {
  const { resolvedOptions } = Intl.DateTimeFormat.prototype;
  try {
    for (const timeZone of ["Etc/Unknown", "Mars/Olympus", undefined]) {
      Intl.DateTimeFormat.prototype.resolvedOptions = () =>
        ({ timeZone }) as Intl.ResolvedDateTimeFormatOptions;
      equal(ownZone(), "UTC");
    }
  } finally {
    Intl.DateTimeFormat.prototype.resolvedOptions = resolvedOptions;
  }
});
