import type { LocalTime, MeetingTime } from "@tafelrunde/protocol/http";
import { AFTER_ALL, findListed, occurrencesAmong, partsOf, startOf, utcStamp } from "./series.ts";
import { type Change, zoneChanges } from "./time_zone.ts";

/** How far ahead single dates of an endless series are listed, years: longer than calendar programs look. */
const YEARS_AHEAD = 10;

/**
 * A series for programs that calculate with local time: lists the dates that clock changes would make them
 * get wrong.
 */
export interface PlainSeries {
  /** The rule. Its end is an instant (UTC) instead of a COUNT if a COUNT would include skipped dates. */
  readonly recurrence: string;
  /**
   * The dates that do not take place because clocks skip them (RFC 5545 §3.3.10), up to its end or 2099. Some
   * programs move them behind the gap and count them.
   */
  readonly skipped: readonly LocalTime[];
  /**
   * The dates, up to ten years ahead, that begin in an hour shown twice, or during which clocks change. Some
   * programs take the second such hour, or calculate the end in local time.
   */
  readonly changing: readonly LocalTime[];
}

/** Cached result per time: all mails about a meeting need the same one. */
const known = new WeakMap<MeetingTime, PlainSeries>();

/** `time` for programs that calculate with local time, from `now` (ms) on; null: it takes place once. */
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
  const endsAt = isEnding ? findListed(time, [], AFTER_ALL).occurrence.startsAt : Infinity;
  // In a zone without clock changes.
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
 * The rule with its implied parts: weeks begin on Monday (some programs use the country of their machine),
 * and 29 February for yearly series on it (some use 1 March in other years).
 */
function spellOut({ start }: MeetingTime, recurrence: string): string {
  const isLeapDay = start.slice(5, 10) === "02-29" && /^FREQ=YEARLY(?!.*BY)/.test(recurrence);
  if (isLeapDay) return `${recurrence};BYMONTH=2;BYMONTHDAY=29`;
  return /^FREQ=WEEKLY(?!.*WKST)/.test(recurrence) ? `${recurrence};WKST=MO` : recurrence;
}

/** The days after the first on which clocks skip the series' time of day, with that time. */
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

/**
 * Times, at the series' time of day, whose occurrence a clock change at `at` (ms) interrupts, or that begin
 * less than `doubledMs` before it.
 */
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
