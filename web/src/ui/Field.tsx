import { createUniqueId, For, type JSX, Show, splitProps } from "solid-js";
import styles from "./Field.module.css";

interface FieldProps extends JSX.InputHTMLAttributes<HTMLInputElement> {
  readonly label: string;
  /** What is wrong with it, said below it and by screen readers as soon as it appears. */
  readonly problem?: JSX.Element;
}

/** One line of text with its label. */
export function Field(props: FieldProps) {
  const [own, input] = splitProps(props, ["label", "problem", "id"]);
  const id = createUniqueId();
  return (
    <div class={styles.field}>
      <label for={id}>{own.label}</label>
      <input
        {...input}
        id={id}
        class={styles.input}
        aria-invalid={own.problem ? true : undefined}
        aria-describedby={own.problem ? `${id}-problem` : undefined}
      />
      <div id={`${id}-problem`} class={styles.problem} role="alert">
        <Show when={own.problem}>{own.problem}</Show>
      </div>
    </div>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly text: string }[];
  readonly disabled?: boolean;
  readonly onChoose: (value: string) => void;
}

/** One of several, with the system's own list. */
export function Choice(props: ChoiceProps) {
  const id = createUniqueId();
  return (
    <div class={styles.field}>
      <label for={id}>{props.label}</label>
      <select
        id={id}
        class={styles.input}
        disabled={props.disabled}
        onChange={(event) => props.onChoose(event.currentTarget.value)}
      >
        <For each={props.options}>
          {({ value, text }) => (
            <option value={value} selected={value === props.value}>
              {text}
            </option>
          )}
        </For>
      </select>
    </div>
  );
}
