import { createUniqueId, type JSX, Show } from "solid-js";
import { control } from "./controlled.ts";
import styles from "./Field.module.css";

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly type?: "text" | "email" | "password" | "url" | "number" | "date" | "time" | "search";
  readonly placeholder?: string;
  readonly inputmode?: "text" | "url" | "email" | "numeric";
  /** What the browser may fill in: "name", "current-password", …, or "off" (the default). */
  readonly autocomplete?: string;
  /** Always shown below it. */
  readonly hint?: JSX.Element;
  /** The problem, shown below it and announced as soon as it appears. */
  readonly problem?: JSX.Element;
  readonly min?: string | number;
  readonly max?: string | number;
  readonly disabled?: boolean;
  readonly ref?: (element: HTMLInputElement) => void;
}

/** One line of text with its label. */
export function Field(props: FieldProps) {
  const id = createUniqueId();
  return (
    <div class={styles.field}>
      <label for={id}>{props.label}</label>
      <input
        ref={(element) => {
          control(element, () => props.value, (value) => props.onInput(value));
          props.ref?.(element);
        }}
        id={id}
        class={styles.input}
        type={props.type ?? "text"}
        dir={props.type === undefined || props.type === "text" || props.type === "search"
          ? "auto"
          : undefined}
        inputmode={props.inputmode ?? "text"}
        autocomplete={props.autocomplete ?? "off"}
        placeholder={props.placeholder}
        spellcheck={false}
        min={props.min}
        max={props.max}
        disabled={props.disabled}
        aria-invalid={props.problem ? true : undefined}
        aria-describedby={describedBy(id, props)}
      />
      <Notes id={id} hint={props.hint} problem={props.problem} />
    </div>
  );
}

interface NotesProps {
  readonly hint?: JSX.Element;
  readonly problem?: JSX.Element;
}

/** The ids that describe a field, for `aria-describedby`. */
export function describedBy(id: string, { hint, problem }: NotesProps): string | undefined {
  return problem ? `${id}-problem` : hint ? `${id}-hint` : undefined;
}

/** Hint and problem below a field. */
export function Notes(props: NotesProps & { readonly id: string }) {
  return (
    <>
      <Show when={props.hint}>
        <div id={`${props.id}-hint`} class={styles.hint}>{props.hint}</div>
      </Show>
      <div id={`${props.id}-problem`} class={styles.problem} role="alert">
        {props.problem}
      </div>
    </>
  );
}
