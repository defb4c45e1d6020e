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

/** Makes a field as high as its text. `text` is what stands in it. */
function grow(field: HTMLTextAreaElement, text: string): void {
  field.style.height = "auto";
  const border = field.offsetHeight - field.clientHeight;
  if (text !== "") field.style.height = `${field.scrollHeight + border}px`;
}

/** Does so from now on, also when another width breaks the lines elsewhere. For browsers that do not do it themselves. */
function keepGrown(field: HTMLTextAreaElement, text: () => string): void {
  createEffect(() => grow(field, text()));
  let width = 0;
  const sizes = new ResizeObserver(() => {
    if (field.offsetWidth === width) return;
    width = field.offsetWidth;
    // A height that is set now would be another change of size within this one.
    requestAnimationFrame(() => grow(field, field.value));
  });
  sizes.observe(field);
  onCleanup(() => sizes.disconnect());
}

/** Several lines of text with their label; as high as they are. */
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
