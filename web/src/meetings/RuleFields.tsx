import { For, Match, Show, Switch } from "solid-js";
import formStyles from "../dashboard/Form.module.css";
import { language, wordsOf } from "../i18n/language.ts";
import { Button } from "../ui/Button.tsx";
import { Choice } from "../ui/Choice.tsx";
import { Field } from "../ui/Field.tsx";
import { Icon } from "../ui/Icon.tsx";
import { repeat } from "../dashboard/icons.ts";
import { type FormProblem, type MeetingForm, startOf } from "./meeting_form.ts";
import {
  MAX_COUNT,
  MAX_INTERVAL,
  nthOfMonth,
  type Rule,
  sayRule,
  type SeriesEnd,
  type Unit,
  UNITS,
  type Weekday,
  weekday,
  weekdayName,
  WEEKDAYS,
} from "./rule.ts";
import styles from "./RuleFields.module.css";
import { plusDays } from "./zone.ts";

interface RuleFieldsProps {
  readonly form: MeetingForm;
  readonly problems: readonly FormProblem[];
  readonly onChange: (change: Partial<MeetingForm>) => void;
}

/** Fields for the repetition of a series, with its text. */
export function RuleFields(props: RuleFieldsProps) {
  const words = () => wordsOf("dashboard").meetings.repeat;
  const rule = () => props.form.rule;
  const change = (change: Partial<Rule>) => props.onChange({ rule: { ...rule(), ...change } });
  const setUnit = (unit: Unit) => {
    const weekdays = unit === "WEEKLY" ? [weekday(props.form.date)] : [];
    change({ unit, weekdays, nth: 0 });
  };
  return (
    <Show
      when={props.form.customRule === undefined}
      fallback={
        <div class={styles.custom}>
          <p>
            {words().custom} <code>{props.form.customRule}</code>
          </p>
          <Button onClick={() => props.onChange({ customRule: undefined })}>{words().customReplace}</Button>
        </div>
      }
    >
      <div class={formStyles.pair}>
        <Choice
          label={words().unit}
          value={rule().unit}
          options={UNITS.map((unit) => ({ value: unit, text: words().units[unit] }))}
          onChoose={(unit) => setUnit(unit as Unit)}
        />
        <Choice
          label={words().interval}
          value={String(rule().interval)}
          options={Array.from({ length: Math.min(MAX_INTERVAL, Math.max(12, rule().interval)) }, (_, at) => ({
            value: String(at + 1),
            text: `${at + 1} ${words().intervalUnits[rule().unit](at + 1)}`,
          }))}
          onChoose={(interval) => change({ interval: Number(interval) })}
        />
      </div>
      <Switch>
        <Match when={rule().unit === "WEEKLY"}>
          <Weekdays
            chosen={rule().weekdays}
            problem={problemOfDays(props.problems, props.form)}
            onChange={(weekdays) => change({ weekdays })}
          />
        </Match>
        <Match when={rule().unit === "MONTHLY"}>
          <MonthDay form={props.form} onChange={(nth) => change({ nth })} />
        </Match>
      </Switch>
      <EndFields form={props.form} problems={props.problems} onChange={(end) => change({ end })} />
      <p class={styles.said} role="status">
        <Icon shape={repeat} size={20} />
        <span>{sayRule(rule(), startOf(props.form), words().rule, language())}</span>
      </p>
    </Show>
  );
}

function problemOfDays(problems: readonly FormProblem[], { date }: MeetingForm): string | undefined {
  const words = wordsOf("dashboard").meetings.repeat;
  if (problems.includes("weekdays")) return words.weekdayMissing;
  return problems.includes("firstWeekday")
    ? words.firstIsOther(weekdayName(weekday(date), language()))
    : undefined;
}

interface WeekdaysProps {
  readonly chosen: readonly Weekday[];
  readonly problem: string | undefined;
  readonly onChange: (weekdays: readonly Weekday[]) => void;
}

function Weekdays(props: WeekdaysProps) {
  return (
    <fieldset class={styles.days}>
      <legend>{wordsOf("dashboard").meetings.repeat.weekdays}</legend>
      <div>
        <For each={WEEKDAYS}>
          {(day) => (
            <label>
              <input
                type="checkbox"
                aria-label={weekdayName(day, language())}
                checked={props.chosen.includes(day)}
                onChange={(event) =>
                  props.onChange(
                    WEEKDAYS.filter((other) =>
                      other === day ? event.currentTarget.checked : props.chosen.includes(other)
                    ),
                  )}
              />
              <span>{weekdayName(day, language(), "short")}</span>
            </label>
          )}
        </For>
      </div>
      <p class={styles.problem} role="alert">{props.problem}</p>
    </fieldset>
  );
}

/** The day of the month, or its weekday, taken from the first date. */
function MonthDay(props: { readonly form: MeetingForm; readonly onChange: (nth: number) => void }) {
  const words = () => wordsOf("dashboard").meetings.repeat;
  const date = () => props.form.date;
  const day = () => Number(date().slice(8, 10));
  const name = () => weekdayName(weekday(date()), language());
  const options = () => {
    const nth = nthOfMonth(date());
    const isLast = plusDays(date(), 7).slice(5, 7) !== date().slice(5, 7);
    return [
      { value: "0", text: words().byDate(day()) },
      ...(nth >= 1 && nth <= 4 ? [{ value: String(nth), text: words().byWeekday(nth, name()) }] : []),
      ...(isLast ? [{ value: "-1", text: words().byWeekday(-1, name()) }] : []),
    ];
  };
  return (
    <Choice
      label={words().monthly}
      value={String(props.form.rule.nth)}
      options={options()}
      hint={props.form.rule.nth === 0 && day() > 28 ? words().shortMonths(day()) : undefined}
      onChoose={(nth) => props.onChange(Number(nth))}
    />
  );
}

interface EndFieldsProps {
  readonly form: MeetingForm;
  readonly problems: readonly FormProblem[];
  readonly onChange: (end: SeriesEnd) => void;
}

function EndFields(props: EndFieldsProps) {
  const words = () => wordsOf("dashboard").meetings.repeat;
  const end = () => props.form.rule.end;
  const choose = (kind: string) => {
    if (kind === "until") props.onChange({ kind, until: plusDays(props.form.date, 84) });
    else if (kind === "count") props.onChange({ kind, count: 10 });
    else props.onChange({ kind: "never" });
  };
  const until = () => {
    const now = end();
    return now.kind === "until" ? now : undefined;
  };
  const count = () => {
    const now = end();
    return now.kind === "count" ? now : undefined;
  };
  return (
    <div class={formStyles.pair}>
      <Choice
        label={words().end}
        value={end().kind}
        options={(["never", "until", "count"] as const).map((kind) => ({
          value: kind,
          text: words().ends[kind],
        }))}
        onChoose={choose}
      />
      <Show when={until()}>
        {(end) => (
          <Field
            label={words().until}
            type="date"
            min={props.form.date}
            value={end().until}
            onInput={(until) => props.onChange({ kind: "until", until })}
            problem={props.problems.includes("until")
              ? wordsOf("dashboard").meetings.form.dateMissing
              : undefined}
          />
        )}
      </Show>
      <Show when={count()}>
        {(end) => (
          <Field
            label={words().count}
            type="number"
            inputmode="numeric"
            min={1}
            max={MAX_COUNT}
            value={String(end().count)}
            onInput={(count) =>
              props.onChange({
                kind: "count",
                count: Math.min(MAX_COUNT, Math.max(1, Math.trunc(Number(count)) || 1)),
              })}
          />
        )}
      </Show>
    </div>
  );
}
