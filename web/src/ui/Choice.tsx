import { createMemo, createUniqueId, For, type JSX, Show } from "solid-js";
import { describedBy } from "./Field.tsx";
import styles from "./Field.module.css";

interface ChoiceProps {
  readonly label: string;
  /** The label is read aloud only: what is chosen can be seen from where it stands. */
  readonly isLabelHeard?: boolean;
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly text: string }[];
  readonly hint?: JSX.Element;
  readonly disabled?: boolean;
  /** A promise is over when the choice has come about, or not: then the list shows what is so. */
  readonly onChoose: (value: string) => unknown;
}

/** One of several, with the system's own list. A value that is not offered is in it by its own name: it is never blank, nor another. */
export function Choice(props: ChoiceProps) {
  const id = createUniqueId();
  const options = createMemo(() => {
    const isOffered = props.options.some(({ value }) => value === props.value);
    return isOffered ? props.options : [...props.options, { value: props.value, text: props.value || "–" }];
  });
  const choose = async (list: HTMLSelectElement) => {
    await props.onChoose(list.value);
    list.value = props.value;
  };
  return (
    <div class={styles.field}>
      <label for={id} class={props.isLabelHeard ? "heard" : undefined}>{props.label}</label>
      <select
        id={id}
        class={styles.input}
        disabled={props.disabled}
        aria-describedby={describedBy(id, props)}
        onChange={(event) => void choose(event.currentTarget)}
        // What was chosen may not have come about.
        onBlur={(event) => event.currentTarget.value = props.value}
      >
        <For each={options()}>
          {({ value, text }) => (
            <option value={value} selected={value === props.value}>
              {text}
            </option>
          )}
        </For>
      </select>
      <Show when={props.hint}>
        <div id={`${id}-hint`} class={styles.hint}>{props.hint}</div>
      </Show>
    </div>
  );
}
