import { createUniqueId, type JSX } from "solid-js";
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

/** Several lines of text with their label; as high as they are, where the browser can. */
export function TextArea(props: TextAreaProps) {
  const id = createUniqueId();
  return (
    <div class={fieldStyles.field}>
      <label for={id}>{props.label}</label>
      <textarea
        id={id}
        class={`${fieldStyles.input} ${styles.area}`}
        rows={3}
        placeholder={props.placeholder}
        value={props.value}
        aria-invalid={props.problem ? true : undefined}
        aria-describedby={describedBy(id, props)}
        onInput={(event) => props.onInput(event.currentTarget.value)}
      />
      <Notes id={id} hint={props.hint} problem={props.problem} />
    </div>
  );
}
