import type { LocalTime, MeetingTime } from "@tafelrunde/protocol/http";
import { AFTER_ALL, findPlace, occurrencesAmong, partsOf, startOf, utcStamp } from "./series.ts";
import { type Change, zoneChanges } from "./time_zone.ts";

/** How far ahead single dates are told of a series that goes on, years: longer than calendars look. */
const YEARS_AHEAD = 10;

/** A series for programs that go by the clocks on the wall: it says of single dates what changed clocks would make them get wrong. */
export interface PlainSeries {
  /** Its end is an instant (UTC) where a number would count what is skipped. */
  readonly recurrence: string;
  /**
   * The dates that do not take place because the clocks skip them (RFC 5545 §3.3.10), up to its end or 2099. There are programs that put them
   * after the leap, and count them.
   */
  readonly skipped: readonly LocalTime[];
  /**
   * The dates, ten years ahead, that begin in an hour that the clocks show twice, or during which they are changed. There are programs that take
   * the second such hour, or that reckon the end on the wall.
   */
  readonly changing: readonly LocalTime[];
}

/** What was found for a time: all mails about a meeting ask for the same one. */
const known = new WeakMap<MeetingTime, PlainSeries>();

/** `time` for programs that go by the wall, from `now` (ms) on; null: it takes place once. */
export function plainSeries(time: MeetingTime, now: number): PlainSeries | null {
  const { recurrence } = time;
  if (recurrence === null) return null;
  const found = known.get(time) ?? {
    ...leaveOutSkipped(time, recurrence),
    changing: occurrencesAmong(
      time,
      zoneChanges(time.timeZone).filter(isAhead(time, now))
        .flatMap(({ at, from, to }) => datesDuring(time, at, Math.max(0, from - to) * 1_000)),
    ),
  };
  known.set(time, found);
  return found;
}

function leaveOutSkipped(
  time: MeetingTime,
  recurrence: string,
): Pick<PlainSeries, "recurrence" | "skipped"> {
  const leaps = findLeaps(time);
  if (leaps.length === 0) return { recurrence: spellOut(time, recurrence), skipped: [] };
  const parts = partsOf(recurrence) ?? new Map<string, string>();
  const counts = parts.delete("COUNT");
  const isEnding = parts.delete("UNTIL") || counts;
  const endsAt = isEnding ? findPlace(time, [], AFTER_ALL).happening.startsAt : Infinity;
  // Where no clock is ever changed.
  const days = { ...time, timeZone: "UTC", recurrence: [...parts].map((part) => part.join("=")).join(";") };
  const skipped = occurrencesAmong(
    days,
    leaps.filter((local) => startOf(time, local).epochMilliseconds < endsAt),
  );
  if (skipped.length === 0 || !counts) return { recurrence: spellOut(time, recurrence), skipped };
  const until = utcStamp(Temporal.Instant.fromEpochMilliseconds(endsAt).toZonedDateTimeISO("UTC"));
  return { recurrence: spellOut(time, recurrence.replace(/COUNT=\d+/, `UNTIL=${until}`)), skipped };
}

/**
 * The rule with what goes without saying: that weeks begin on Monday (there are programs that ask their machine's country), and its day where that
 * is 29 February (there are some that take 1 March in other years).
 */
function spellOut({ start }: MeetingTime, recurrence: string): string {
  const isLeapDay = start.slice(5, 10) === "02-29" && /^FREQ=YEARLY(?!.*BY)/.test(recurrence);
  if (isLeapDay) return `${recurrence};BYMONTH=2;BYMONTHDAY=29`;
  return /^FREQ=WEEKLY(?!.*WKST)/.test(recurrence) ? `${recurrence};WKST=MO` : recurrence;
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

function isAhead(time: MeetingTime, now: number): (change: Change) => boolean {
  const from = Math.max(now, startOf(time, time.start).epochMilliseconds);
  const until = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO("UTC")
    .add({ years: YEARS_AHEAD }).epochMilliseconds;
  return ({ at }) => at > from && at < until;
}

/** Times, at the series' time of day, that a change of the clocks at `at` (ms) is in the middle of, or not `doubledMs` after. */
function datesDuring(time: MeetingTime, at: number, doubledMs: number): LocalTime[] {
  const clock = Temporal.PlainTime.from(time.start);
  const day = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(time.timeZone).toPlainDate();
  const earliest = at - Math.max(time.durationMinutes * 60_000, doubledMs);
  return [2, 1, 0].map((days) =>
    day.subtract({ days }).toPlainDateTime(clock).toString({ smallestUnit: "minute" })
  )
    .filter((local) => {
      const { epochMilliseconds } = startOf(time, local);
      return epochMilliseconds >= earliest && epochMilliseconds < at;
    });
}
