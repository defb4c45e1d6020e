import { createEffect, createUniqueId, type JSX, onCleanup } from "solid-js";
import { control } from "./controlled.ts";
import { describedBy, Notes } from "./Field.tsx";
import fieldStyles from "./Field.module.css";
import styles from "./TextArea.module.css";

interface TextAreaProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly placeholder?: string;
  readonly hint?: JSX.Element;
  readonly problem?: JSX.Element;
}

/** Makes a field as high as its text. `text` is its content. */
function grow(field: HTMLTextAreaElement, text: string): void {
  field.style.height = "auto";
  const border = field.offsetHeight - field.clientHeight;
  if (text !== "") field.style.height = `${field.scrollHeight + border}px`;
}

/**
 * Keeps it that high, also when another width changes the line breaks. For browsers that do not do it
 * themselves.
 */
function keepGrown(field: HTMLTextAreaElement, text: () => string): void {
  createEffect(() => grow(field, text()));
  let width = 0;
  const sizes = new ResizeObserver(() => {
    if (field.offsetWidth === width) return;
    width = field.offsetWidth;
    // Setting a height now would resize within a resize callback.
    requestAnimationFrame(() => grow(field, field.value));
  });
  sizes.observe(field);
  onCleanup(() => sizes.disconnect());
}

/** A multi-line text field with its label; as high as its text. */
export function TextArea(props: TextAreaProps) {
  const id = createUniqueId();
  return (
    <div class={fieldStyles.field}>
      <label for={id}>{props.label}</label>
      <textarea
        ref={(element) => {
          control(element, () => props.value, (value) => props.onInput(value));
          if (!CSS.supports("field-sizing", "content")) keepGrown(element, () => props.value);
        }}
        id={id}
        dir="auto"
        class={`${fieldStyles.input} ${styles.area}`}
        rows={3}
        placeholder={props.placeholder}
        aria-invalid={props.problem ? true : undefined}
        aria-describedby={describedBy(id, props)}
      />
      <Notes id={id} hint={props.hint} problem={props.problem} />
    </div>
  );
}
