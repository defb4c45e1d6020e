import { contentLine } from "./content_line.ts";

/** Last year of meetings: `LocalTime` of the protocol. */
const LAST_YEAR = 2099;

/** Before any meeting. */
const BEGIN = "1999-01-01T00:00Z";

/** Fewest clock changes that are written as a rule. */
const FEWEST_BY_RULE = 3;

const WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

/** A clock change of a zone. Offsets are seconds east of UTC. */
export interface Change {
  /** Instant, ms. */
  readonly at: number;
  /** Local time just before the change. */
  readonly local: Temporal.PlainDateTime;
  readonly from: number;
  readonly to: number;
}

/** The zone's name as IANA spells it: "Europe/Berlin" for "europe/berlin". An old name is kept. */
export function zoneName(timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(timeZone).timeZoneId;
}

/** A zone's first offset, and its changes. */
interface Zone {
  readonly offset: number;
  readonly changes: readonly Change[];
}

/** Cached zones: at most as many as exist. */
const read = new Map<string, Zone>();

/**
 * The VTIMEZONE of a zone (RFC 5545 §3.6.5), as lines: from the year before `year` to 2099, from the same
 * data as meetings' instants, so that calendar programs agree with the server.
 */
export function zoneLines(timeZone: string, year: number): string[] {
  const name = zoneName(timeZone);
  const zone = getZone(name);
  const changes = zone.changes.filter(({ local }) => local.year >= year - 1);
  const offset = changes[0]?.from ?? zone.changes.at(-1)?.to ?? zone.offset;
  return [
    "BEGIN:VTIMEZONE",
    contentLine("TZID", name),
    ...observance(
      [{ at: 0, local: Temporal.PlainDateTime.from("1970-01-01"), from: offset, to: offset }],
      "",
    ),
    ...groupChanges(changes).flatMap((group) => {
      const { rule, byRule } = findRule(group);
      return [...observance(group.slice(0, group.length - byRule.length), ""), ...observance(byRule, rule)];
    }),
    "END:VTIMEZONE",
  ];
}

/** The clock changes of a zone from 1999 to 2099, earliest first. */
export function zoneChanges(timeZone: string): readonly Change[] {
  return getZone(zoneName(timeZone)).changes;
}

function getZone(name: string): Zone {
  const zone = read.get(name) ?? readZone(name);
  read.set(name, zone);
  return zone;
}

function readZone(name: string): Zone {
  const begin = Temporal.Instant.from(BEGIN).toZonedDateTimeISO(name);
  const changes: Change[] = [];
  for (let before = begin;;) {
    const next = before.getTimeZoneTransition("next");
    if (next === null || next.year > LAST_YEAR) {
      return { offset: begin.offsetNanoseconds / 1e9, changes };
    }
    const from = next.subtract({ nanoseconds: 1 }).offsetNanoseconds / 1e9;
    const to = next.offsetNanoseconds / 1e9;
    const local = next.toPlainDateTime().add({ seconds: from - to });
    if (from !== to) changes.push({ at: next.epochMilliseconds, local, from, to });
    before = next;
  }
}

/** Groups changes of the same kind: from one offset to one other. */
function groupChanges(changes: readonly Change[]): Change[][] {
  return [...Map.groupBy(changes, ({ from, to }) => `${from} ${to}`).values()];
}

/**
 * The rule that the last of these changes follow up to the end, and those changes; empty if there is no such
 * rule.
 */
function findRule(changes: readonly Change[]): { rule: string; byRule: readonly Change[] } {
  const last = changes.at(-1)?.local;
  const none = { rule: "", byRule: [] };
  if (last === undefined || last.year < LAST_YEAR - 1) return none;
  const weekday = WEEKDAYS[last.dayOfWeek - 1];
  const rules = [
    ...Array.from({ length: 4 }, (_, index) => ({
      rule: `BYDAY=${index + 1}${weekday}`,
      days: [index * 7 + 1, index * 7 + 7] as const,
    })),
    { rule: `BYDAY=-1${weekday}`, days: [last.daysInMonth - 6, last.daysInMonth] as const },
    ...Array.from({ length: last.daysInMonth - 6 }, (_, index) => ({
      rule: `BYMONTHDAY=${Array.from({ length: 7 }, (_, day) => index + 1 + day).join(",")};BYDAY=${weekday}`,
      days: [index + 1, index + 7] as const,
    })),
  ];
  const found = rules.map(({ rule, days: [earliest, latest] }) => {
    const fits = ({ local }: Change, index: number, all: readonly Change[]) => {
      const next = all[index + 1]?.local;
      return local.month === last.month && local.dayOfWeek === last.dayOfWeek &&
        local.toPlainTime().equals(last.toPlainTime()) &&
        local.day >= earliest && local.day <= latest &&
        (next === undefined || next.year === local.year + 1);
    };
    return { rule, byRule: changes.slice(changes.findLastIndex((...at) => !fits(...at)) + 1) };
  }).reduce((best, other) => other.byRule.length > best.byRule.length ? other : best);
  if (found.byRule.length < FEWEST_BY_RULE) return none;
  return { ...found, rule: `FREQ=YEARLY;BYMONTH=${last.month};${found.rule}` };
}

/** Changes of one kind: as a rule that begins with the first of them, or as a list of times. */
function observance(changes: readonly Change[], rule: string): string[] {
  const [first] = changes;
  if (first === undefined) return [];
  // Decided by the offsets alone, whatever the zone calls summer.
  const kind = first.to > first.from ? "DAYLIGHT" : "STANDARD";
  return [
    `BEGIN:${kind}`,
    contentLine("DTSTART", localStamp(first.local)),
    contentLine("TZOFFSETFROM", offsetText(first.from)),
    contentLine("TZOFFSETTO", offsetText(first.to)),
    ...rule === ""
      ? changes.length === 1 ? [] : changes.map(({ local }) => contentLine("RDATE", localStamp(local)))
      : [contentLine("RRULE", rule)],
    `END:${kind}`,
  ];
}

/** "20271031T024500" */
export function localStamp(local: Temporal.PlainDateTime): string {
  return local.toString({ smallestUnit: "second" }).replaceAll(/[-:]/g, "");
}

/** "+0530", "-003015" */
function offsetText(seconds: number): string {
  const time = Temporal.PlainTime.from("00:00").add({ seconds: Math.abs(seconds) });
  const text = time.toString({ smallestUnit: "second" }).replaceAll(":", "").replace(/00$/, "");
  return `${seconds < 0 ? "-" : "+"}${text}`;
}
