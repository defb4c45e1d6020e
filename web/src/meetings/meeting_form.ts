import type { MeetingTime } from "@tafelrunde/protocol/http";
import { firstRule, formatRule, parseRule, type Rule, weekday } from "./rule.ts";
import { endOfDay, instantOf, localOf } from "./zone.ts";

/** How often a meeting takes place. */
export const KINDS = ["once", "series", "permanent"] as const;
export type Kind = (typeof KINDS)[number];

/**
 * A meeting being edited. Fields of another kind keep their content, so that switching back loses nothing.
 */
export interface MeetingForm {
  readonly title: string;
  readonly description: string;
  readonly kind: Kind;
  /** "2026-03-30" */
  readonly date: string;
  /** "10:00" */
  readonly clock: string;
  readonly durationMinutes: number;
  readonly zone: string;
  readonly rule: Rule;
  /** An RRULE that the editor cannot show; it is kept until another rule is chosen. */
  readonly customRule: string | undefined;
}

/** Validation problems, by field. */
export type FormProblem = "title" | "date" | "clock" | "past" | "weekdays" | "firstWeekday" | "until";

/** Lengths to choose from, minutes. */
export const DURATIONS = [15, 30, 45, 60, 90, 120, 180, 240, 480];

/**
 * A new meeting: one hour, from the next full hour that is at least half an hour away. `now`: ms since 1970.
 */
export function newForm(now: number, zone: string): MeetingForm {
  const start = localOf(Math.ceil((now + 1_800_000) / 3_600_000) * 3_600_000, zone);
  return {
    title: "",
    description: "",
    kind: "once",
    date: start.slice(0, 10),
    clock: start.slice(11, 16),
    durationMinutes: 60,
    zone,
    rule: firstRule(start),
    customRule: undefined,
  };
}

interface Described {
  readonly title: string;
  readonly description: string;
  readonly time: MeetingTime | null;
}

/** The form of an existing meeting. */
export function formOf({ title, description, time }: Described, now: number, zone: string): MeetingForm {
  const base = { ...newForm(now, zone), title, description };
  if (time === null) return { ...base, kind: "permanent" };
  const { start, timeZone, durationMinutes, recurrence } = time;
  const rule = recurrence === null ? undefined : parseRule(recurrence, start, timeZone);
  return {
    ...base,
    kind: recurrence === null ? "once" : "series",
    date: start.slice(0, 10),
    clock: start.slice(11, 16),
    durationMinutes,
    zone: timeZone,
    rule: rule ?? firstRule(start),
    customRule: recurrence !== null && rule === undefined ? recurrence : undefined,
  };
}

/** "2026-03-30T10:00" */
export function startOf({ date, clock }: MeetingForm): string {
  return `${date}T${clock}`;
}

/** When it takes place, for the API; null: permanent. */
export function timeOf(form: MeetingForm): MeetingTime | null {
  if (form.kind === "permanent") return null;
  const start = startOf(form);
  return {
    start,
    timeZone: form.zone,
    durationMinutes: form.durationMinutes,
    recurrence: form.kind === "once" ? null : form.customRule ?? formatRule(form.rule, start, form.zone),
  };
}

/** Returns all problems that keep it from being sent. `isNew`: a past time is then a problem. */
export function problemsOf(form: MeetingForm, now: number, isNew: boolean): readonly FormProblem[] {
  const found: FormProblem[] = [];
  if (form.title.trim() === "") found.push("title");
  if (form.kind === "permanent") return found;
  if (!/^20\d\d-/.test(form.date) || Number.isNaN(instantOf(`${form.date}T00:00`, "UTC"))) found.push("date");
  if (!/^\d\d:\d\d$/.test(form.clock) || Number.isNaN(instantOf(`2000-01-01T${form.clock}`, "UTC"))) {
    found.push("clock");
  }
  if (found.includes("date") || found.includes("clock")) return found;
  const endsAt = instantOf(startOf(form), form.zone) + form.durationMinutes * 60_000;
  if (isNew && form.kind === "once" && endsAt <= now) found.push("past");
  if (form.kind === "series" && form.customRule === undefined) found.push(...ruleProblems(form));
  return found;
}

function ruleProblems({ rule, date, zone }: MeetingForm): FormProblem[] {
  const found: FormProblem[] = [];
  if (rule.unit === "WEEKLY") {
    if (rule.weekdays.length === 0) found.push("weekdays");
    else if (!rule.weekdays.includes(weekday(date))) found.push("firstWeekday");
  }
  if (rule.end.kind === "until" && (rule.end.until < date || endOfDay(rule.end.until, zone) === undefined)) {
    found.push("until");
  }
  return found;
}

/** Whether its dates change when `form` replaces `before`: then changes of single dates are lost. */
export function movesDates(before: MeetingTime | null, form: MeetingForm): boolean {
  const after = timeOf(form);
  if (before === null || after === null) return before !== after;
  return before.start !== after.start || before.timeZone !== after.timeZone ||
    before.recurrence !== after.recurrence;
}
