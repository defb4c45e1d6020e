import { createUniqueId, For } from "solid-js";
import styles from "./Segments.module.css";

interface SegmentsProps<Value extends string> {
  /** The label; read by screen readers, and visible unless `isLabelHeard`. */
  readonly label: string;
  readonly isLabelHeard?: boolean;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly text: string }[];
  readonly onChoose: (value: Value) => void;
}

/** A choice of a few visible options: radio buttons side by side. */
export function Segments<Value extends string>(props: SegmentsProps<Value>) {
  const name = createUniqueId();
  return (
    <fieldset class={styles.segments}>
      <legend class={props.isLabelHeard ? "heard" : undefined}>{props.label}</legend>
      <div class={styles.row}>
        <For each={props.options}>
          {({ value, text }) => (
            <label>
              <input
                type="radio"
                name={name}
                checked={value === props.value}
                onChange={() => props.onChoose(value)}
              />
              <span>{text}</span>
            </label>
          )}
        </For>
      </div>
    </fieldset>
  );
}
