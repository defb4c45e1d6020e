import { Match, Show, Switch } from "solid-js";
import formStyles from "../dashboard/Form.module.css";
import { language, wordsOf } from "../i18n/language.ts";
import { Choice } from "../ui/Choice.tsx";
import { Field } from "../ui/Field.tsx";
import { Segments } from "../ui/Segments.tsx";
import { DURATIONS, type FormProblem, KINDS, type MeetingForm, startOf } from "./meeting_form.ts";
import { RuleFields } from "./RuleFields.tsx";
import { nthOnDate, weekday } from "./rule.ts";
import { fullSpanOf } from "./when.ts";
import { allZones, instantOf, ownZone } from "./zone.ts";

interface WhenFieldsProps {
  /** A heading is already above it. */
  readonly isTitled?: boolean;
  readonly form: MeetingForm;
  readonly problems: readonly FormProblem[];
  readonly onChange: (change: Partial<MeetingForm>) => void;
}

/** Date, time, length, time zone, and whether it repeats. */
export function WhenFields(props: WhenFieldsProps) {
  const words = () => wordsOf("dashboard").meetings.form;
  const is = (problem: FormProblem) => props.problems.includes(problem);
  const setDate = (date: string) => {
    const { rule } = props.form;
    const [only] = rule.weekdays;
    if (date === "") return props.onChange({ date });
    // A single weekday, and a month's weekday, follow the date.
    const moves = rule.weekdays.length === 1 && only === weekday(props.form.date);
    const weekdays = moves ? [weekday(date)] : rule.weekdays;
    props.onChange({ date, rule: { ...rule, weekdays, nth: nthOnDate(rule.nth, date) } });
  };
  const durations = () => [...new Set([...DURATIONS, props.form.durationMinutes])].sort((a, b) => a - b);
  /** The time in this browser's time zone, if that differs. */
  const yourTime = () => {
    const from = instantOf(startOf(props.form), props.form.zone);
    if (Number.isNaN(from) || props.form.zone === ownZone()) return undefined;
    return fullSpanOf(from, from + props.form.durationMinutes * 60_000, ownZone(), language());
  };
  return (
    <>
      <Segments
        label={words().kind}
        isLabelHeard={props.isTitled ?? false}
        value={props.form.kind}
        options={KINDS.map((kind) => ({ value: kind, text: words().kinds[kind] }))}
        onChoose={(kind) => props.onChange({ kind })}
      />
      <Switch>
        <Match when={props.form.kind === "permanent"}>
          <p>{words().permanentHint}</p>
        </Match>
        <Match when={props.form.kind !== "permanent"}>
          <div class={formStyles.pair}>
            <Field
              label={props.form.kind === "series" ? words().firstDate : words().date}
              type="date"
              value={props.form.date}
              onInput={setDate}
              problem={is("date") ? words().dateMissing : is("past") ? words().isPast : undefined}
            />
            <Field
              label={words().start}
              type="time"
              value={props.form.clock}
              onInput={(clock) => props.onChange({ clock })}
              problem={is("clock") ? words().startMissing : undefined}
            />
            <Choice
              label={words().duration}
              value={String(props.form.durationMinutes)}
              options={durations().map((n) => ({ value: String(n), text: words().minutes(n) }))}
              onChoose={(minutes) => props.onChange({ durationMinutes: Number(minutes) })}
            />
          </div>
          <Choice
            label={words().zone}
            value={props.form.zone}
            options={allZones(props.form.zone).map((value) => ({ value, text: value.replaceAll("_", " ") }))}
            hint={yourTime() && words().yourTime(yourTime() ?? "")}
            onChoose={(zone) => props.onChange({ zone })}
          />
          <Show when={props.form.kind === "series"}>
            <RuleFields form={props.form} problems={props.problems} onChange={props.onChange} />
          </Show>
        </Match>
      </Switch>
    </>
  );
}
