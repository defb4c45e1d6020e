import { type JSX, Show } from "solid-js";
import styles from "./Button.module.css";
import { Icon, type Shape } from "./Icon.tsx";
import { spinner } from "./icons.ts";

interface ButtonProps {
  /**
   * "primary": the main action; "plain" (the default): other actions; "quiet": minor ones; "danger": removes
   * something.
   */
  readonly look?: "primary" | "plain" | "quiet" | "danger";
  readonly shape?: Shape;
  /** Work is running: the button keeps its place and focus, and does nothing. */
  readonly busy?: boolean;
  readonly type?: "button" | "submit";
  /** Accessible name, if the text alone is not enough. */
  readonly label?: string | undefined;
  readonly onClick?: () => void;
  readonly children?: JSX.Element;
}

/** A button with text. */
export function Button(props: ButtonProps) {
  return (
    <button
      type={props.type ?? "button"}
      class={styles.button}
      data-look={props.look ?? "plain"}
      aria-disabled={props.busy}
      aria-label={props.label}
      onClick={(event) => props.busy ? event.preventDefault() : props.onClick?.()}
    >
      <Show when={props.busy ? spinner : props.shape}>
        {(shape) => (
          <span class={styles.icon} data-busy={props.busy ? "" : undefined}>
            <Icon shape={shape()} size={20} />
          </span>
        )}
      </Show>
      {props.children}
    </button>
  );
}
