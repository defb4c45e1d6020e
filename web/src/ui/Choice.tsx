import { createMemo, createUniqueId, For, type JSX, Show } from "solid-js";
import { describedBy } from "./Field.tsx";
import styles from "./Field.module.css";

interface ChoiceProps {
  readonly label: string;
  /** The label is only for screen readers: its meaning is visible from its place. */
  readonly isLabelHeard?: boolean;
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly text: string }[];
  readonly hint?: JSX.Element;
  readonly disabled?: boolean;
  /**
   * A returned promise settles when the choice has taken effect or failed: then the list shows the current
   * value.
   */
  readonly onChoose: (value: string) => unknown;
}

/**
 * A select with the system's own list. A value that is not offered is listed by its own name: the select is
 * never blank, nor shows another value.
 */
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
        // The choice might not have taken effect.
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
