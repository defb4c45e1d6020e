import { createUniqueId, type JSX, Show } from "solid-js";
import styles from "./Toggle.module.css";

interface ToggleProps {
  readonly label: string;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
  readonly hint?: JSX.Element;
  /** "check": one of several in a list; "switch" (the default): a separate setting. */
  readonly look?: "switch" | "check";
  readonly disabled?: boolean;
}

/** An on/off setting. The whole row is clickable. */
export function Toggle(props: ToggleProps) {
  const id = createUniqueId();
  return (
    <label class={styles.toggle} data-look={props.look ?? "switch"}>
      <span class={styles.text}>
        <span>{props.label}</span>
        <Show when={props.hint}>
          <span id={`${id}-hint`} class={styles.hint}>{props.hint}</span>
        </Show>
      </span>
      <input
        type="checkbox"
        role={props.look === "check" ? undefined : "switch"}
        class={styles.input}
        checked={props.isOn}
        disabled={props.disabled}
        aria-label={props.label}
        aria-describedby={props.hint ? `${id}-hint` : undefined}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
      />
    </label>
  );
}
