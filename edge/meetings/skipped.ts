import type { LocalTime, MeetingTime } from "@tafelrunde/protocol/http";
import { AFTER_ALL, findPlace, isOccurrence, partsOf, startOf, utcStamp } from "./series.ts";
import { zoneChanges } from "./time_zone.ts";

/** A series for programs that do not leave out what the clocks skip, but put it after the leap and count it. */
export interface PlainSeries {
  /** Its end is an instant (UTC) where a number would count what is skipped. */
  readonly recurrence: string;
  /** The dates that do not take place because the clocks skip them, up to its end or 2099. Source: RFC 5545 §3.3.10. */
  readonly skipped: readonly LocalTime[];
}

/** What was found for a time: all mails about a meeting ask for the same one. */
const known = new WeakMap<MeetingTime, PlainSeries>();

/** `time` for programs that skip nothing; null: it takes place once. */
export function plainSeries(time: MeetingTime): PlainSeries | null {
  const { recurrence } = time;
  if (recurrence === null) return null;
  const found = known.get(time) ?? reckon(time, recurrence);
  known.set(time, found);
  return found;
}

function reckon(time: MeetingTime, recurrence: string): PlainSeries {
  const leaps = findLeaps(time);
  if (leaps.length === 0) return { recurrence, skipped: [] };
  const parts = partsOf(recurrence) ?? new Map<string, string>();
  const counts = parts.delete("COUNT");
  const isEnding = parts.delete("UNTIL") || counts;
  const endsAt = isEnding ? findPlace(time, [], AFTER_ALL).happening.startsAt : Infinity;
  // Where no clock is ever changed.
  const days = { ...time, timeZone: "UTC", recurrence: [...parts].map((part) => part.join("=")).join(";") };
  const skipped = leaps.filter((local) =>
    startOf(time, local).epochMilliseconds < endsAt && isOccurrence(days, local)
  );
  if (skipped.length === 0 || !counts) return { recurrence, skipped };
  const until = utcStamp(Temporal.Instant.fromEpochMilliseconds(endsAt).toZonedDateTimeISO("UTC"));
  return { recurrence: recurrence.replace(/COUNT=\d+/, `UNTIL=${until}`), skipped };
}

/** The days after the first on which the clocks leap over the series' time of day, with that. */
function findLeaps(time: MeetingTime): LocalTime[] {
  const clock = Temporal.PlainTime.from(time.start);
  return zoneChanges(time.timeZone).filter(({ from, to }) => to > from).flatMap(({ local, from, to }) => {
    const after = local.add({ seconds: to - from });
    const skipped = [local, after].map((at) => at.toPlainDate().toPlainDateTime(clock)).find((at) =>
      Temporal.PlainDateTime.compare(at, local) >= 0 && Temporal.PlainDateTime.compare(at, after) < 0
    );
    return skipped === undefined ? [] : [skipped.toString({ smallestUnit: "minute" })];
  }).filter((local) => local > time.start);
}
