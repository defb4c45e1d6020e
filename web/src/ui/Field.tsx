import { createUniqueId, For, type JSX } from "solid-js";
import styles from "./Field.module.css";

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly placeholder: string;
  readonly inputmode?: "text" | "url";
  /** What the browser may fill in: "name", or "off" (the default). */
  readonly autocomplete?: "name" | "off";
  /** What is wrong with it, said below it and by screen readers as soon as it appears. */
  readonly problem: JSX.Element;
  readonly ref?: (element: HTMLInputElement) => void;
}

/** One line of text with its label. */
export function Field(props: FieldProps) {
  const id = createUniqueId();
  return (
    <div class={styles.field}>
      <label for={id}>{props.label}</label>
      <input
        ref={(element) => props.ref?.(element)}
        id={id}
        class={styles.input}
        inputmode={props.inputmode ?? "text"}
        autocomplete={props.autocomplete ?? "off"}
        placeholder={props.placeholder}
        spellcheck={false}
        value={props.value}
        aria-invalid={props.problem ? true : undefined}
        aria-describedby={props.problem ? `${id}-problem` : undefined}
        onInput={(event) => props.onInput(event.currentTarget.value)}
      />
      <div id={`${id}-problem`} class={styles.problem} role="alert">
        {props.problem}
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
