import type { Refusal } from "@tafelrunde/protocol";
import { MAX_OPTIONS, MIN_OPTIONS } from "@tafelrunde/protocol/features/poll/limits";
import { createSignal, Index, Show } from "solid-js";
import { refusalText } from "../../i18n/refusal_text.ts";
import { useCall } from "../../room/call_context.ts";
import { cross, plus } from "../../ui/icons.ts";
import { Button } from "../../ui/Button.tsx";
import { Choice } from "../../ui/Choice.tsx";
import { Field } from "../../ui/Field.tsx";
import { IconButton } from "../../ui/IconButton.tsx";
import { Segments } from "../../ui/Segments.tsx";
import { Toggle } from "../../ui/Toggle.tsx";
import { commandOf, type Draft, type Lasts } from "./draft.ts";
import styles from "./Poll.module.css";
import { words } from "./words.ts";

interface PollFormProps {
  readonly draft: Draft;
  /** Undefined: the form is done. */
  readonly onChange: (draft: Draft | undefined) => void;
}

const LASTS = ["never", "1", "5", "15"] as const satisfies readonly Lasts[];

/** The form for a new poll. */
export function PollForm(props: PollFormProps) {
  const call = useCall();
  const [refusal, setRefusal] = createSignal<Refusal>();
  const [isBusy, setBusy] = createSignal(false);
  const change = (part: Partial<Draft>) => {
    setRefusal(undefined);
    props.onChange({ ...props.draft, ...part });
  };
  const setOption = (index: number, text: string) =>
    change({ options: props.draft.options.map((option, at) => at === index ? text : option) });
  const open = async (event: SubmitEvent) => {
    event.preventDefault();
    if (isBusy()) return;
    setBusy(true);
    const refused = await call.send(commandOf(props.draft));
    setBusy(false);
    if (refused === null) props.onChange(undefined);
    else setRefusal(refused);
  };
  const problem = (code: Refusal["refused"]) => refusal()?.refused === code ? refusalText(code) : undefined;
  const other = () => {
    const code = refusal()?.refused;
    return code === undefined || code === "poll.questionInvalid" || code === "poll.optionsInvalid"
      ? undefined
      : code;
  };
  return (
    <form class={styles.form} aria-label={words().create} onSubmit={(event) => void open(event)}>
      <Field
        label={words().question}
        hint={words().questionHint}
        value={props.draft.question}
        onInput={(question) => change({ question })}
        problem={problem("poll.questionInvalid")}
        ref={(field) => queueMicrotask(() => field.focus())}
      />
      <Index each={props.draft.options}>
        {(option, index) => (
          <div class={styles.option}>
            <Field
              label={words().option(index + 1)}
              value={option()}
              onInput={(text) => setOption(index, text)}
              problem={index === props.draft.options.length - 1 ? problem("poll.optionsInvalid") : undefined}
            />
            <Show when={props.draft.options.length > MIN_OPTIONS}>
              <IconButton
                shape={cross}
                size={18}
                label={words().removeOption(index + 1)}
                onClick={() => change({ options: props.draft.options.filter((_, at) => at !== index) })}
              />
            </Show>
          </div>
        )}
      </Index>
      <Show when={props.draft.options.length < MAX_OPTIONS}>
        <Button look="quiet" shape={plus} onClick={() => change({ options: [...props.draft.options, ""] })}>
          {words().addOption}
        </Button>
      </Show>
      <Toggle
        label={words().isMultiple}
        look="check"
        isOn={props.draft.isMultiple}
        onChange={(isMultiple) => change({ isMultiple })}
      />
      <Segments
        label={words().results}
        value={props.draft.results}
        options={(["live", "end"] as const).map((value) => ({ value, text: words().resultsWhen[value] }))}
        onChoose={(results) => change({ results })}
      />
      <Segments
        label={words().names}
        value={props.draft.names}
        options={(["named", "hidden"] as const).map((value) => ({ value, text: words().namesShown[value] }))}
        onChoose={(names) => change({ names })}
      />
      <p class={styles.hint}>{props.draft.names === "named" ? words().namedHint : words().hiddenHint}</p>
      <Choice
        label={words().lasts}
        value={props.draft.lasts}
        options={LASTS.map((value) => ({ value, text: words().lastsFor[value] }))}
        onChoose={(lasts) => change({ lasts: lasts as Lasts })}
      />
      <Show when={other()}>{(code) => <p class={styles.problem} role="alert">{refusalText(code())}</p>}</Show>
      <div class={styles.foot}>
        <Button onClick={() => props.onChange(undefined)}>{words().cancel}</Button>
        <Button look="primary" type="submit" busy={isBusy()}>{words().open}</Button>
      </div>
    </form>
  );
}
