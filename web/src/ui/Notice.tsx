import { type JSX, Show } from "solid-js";
import { Icon, type Shape } from "./Icon.tsx";
import styles from "./Notice.module.css";

interface NoticeProps {
  readonly shape: Shape;
  /** "trouble": the person should act on it; "wait": it will resolve by itself; "hint": good to know. */
  readonly tone: "trouble" | "wait" | "hint";
  readonly children: JSX.Element;
  readonly action?: JSX.Element;
}

/** A notice, announced politely. */
export function Notice(props: NoticeProps) {
  return (
    <div class={styles.notice} data-tone={props.tone} role="status">
      <div class={styles.text}>
        <Icon shape={props.shape} size={20} />
        <div>{props.children}</div>
      </div>
      <Show when={props.action}>{props.action}</Show>
    </div>
  );
}
