import { Icon, type Shape } from "./Icon.tsx";
import styles from "./IconButton.module.css";

/** A round button that shows only an icon. */
export function IconButton(props: {
  readonly shape: Shape;
  /** Its accessible name. */
  readonly label: string;
  readonly size?: number;
  /** Beside the pictures of people instead of on a surface. */
  readonly onStage?: boolean;
  /** A switch: whether it is on. A switch that is on is filled. */
  readonly isOn?: boolean;
  readonly onClick: () => void;
}) {
  return (
    <button
      type="button"
      class={styles.button}
      data-stage={props.onStage ? "" : undefined}
      aria-pressed={props.isOn}
      aria-label={props.label}
      onClick={() => props.onClick()}
    >
      <Icon shape={props.shape} size={props.size ?? 20} />
    </button>
  );
}
