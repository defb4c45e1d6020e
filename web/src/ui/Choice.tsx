import { createUniqueId, For, type JSX, Show } from "solid-js";
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
  readonly onChoose: (value: string) => void;
}

/** One of several, with the system's own list. */
export function Choice(props: ChoiceProps) {
  const id = createUniqueId();
  return (
    <div class={styles.field}>
      <label for={id} class={props.isLabelHeard ? "heard" : undefined}>{props.label}</label>
      <select
        id={id}
        class={styles.input}
        disabled={props.disabled}
        aria-describedby={describedBy(id, props)}
        onChange={(event) => props.onChoose(event.currentTarget.value)}
        // What was chosen may not have come about.
        onBlur={(event) => event.currentTarget.value = props.value}
      >
        <For each={props.options}>
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
