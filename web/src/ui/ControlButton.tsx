import { createUniqueId, Show } from "solid-js";
import styles from "./ControlButton.module.css";
import { Icon, type Shape } from "./Icon.tsx";
import { createShortcut } from "./shortcut.ts";

/** A count at the corner of a button, its accessible text, and whether it asks for attention. */
export interface Badge {
  readonly text: string;
  readonly heard: string;
  readonly isNew?: boolean;
}

interface ControlButtonProps {
  /** Accessible name and tooltip: what a click does. */
  readonly label: string;
  readonly shape: Shape;
  /** "off": something is off and shows it; "on": something special is on; "danger": ends the meeting. */
  readonly tone?: "plain" | "off" | "on" | "danger";
  /** Keyboard shortcut for the same action anywhere on the page (`shortcut`). */
  readonly keys?: string;
  readonly busy?: boolean;
  /** Disabled; the label says why. */
  readonly disabled?: boolean;
  readonly badge?: Badge | undefined;
  /** For a button that opens a panel: whether it is open, and the panel's id. */
  readonly expanded?: boolean;
  readonly controls?: string;
  readonly onClick: () => void;
  readonly ref?: (button: HTMLButtonElement) => void;
}

/** A round button with an icon, such as microphone and camera. */
export function ControlButton(props: ControlButtonProps) {
  const badgeId = createUniqueId();
  if (props.keys !== undefined) createShortcut(props.keys, () => props.disabled || props.onClick());
  return (
    <span class={styles.place}>
      <button
        ref={(button) => props.ref?.(button)}
        type="button"
        class={styles.control}
        data-tone={props.tone ?? "plain"}
        aria-label={props.label}
        aria-keyshortcuts={props.keys}
        aria-busy={props.busy}
        aria-disabled={props.disabled}
        aria-expanded={props.expanded}
        aria-controls={props.expanded ? props.controls : undefined}
        aria-describedby={props.badge && badgeId}
        onPointerEnter={keepInside}
        onFocus={keepInside}
        onClick={() => props.disabled || props.onClick()}
      >
        <Icon shape={props.shape} />
      </button>
      <span class={styles.tooltip} aria-hidden="true">
        {props.label}
        <Show when={props.keys}>{(keys) => <kbd>{shownKeys(keys())}</kbd>}</Show>
      </span>
      <Show when={props.badge}>
        {(badge) => (
          <span class={styles.badge} data-new={badge().isNew ? "" : undefined}>
            <span aria-hidden="true">{badge().text}</span>
            <span class="heard" id={badgeId}>
              {badge().heard}
            </span>
          </span>
        )}
      </Show>
    </span>
  );
}

/** Least distance of a tooltip from the window's edge, CSS pixels. */
const EDGE = 8;

/** Moves a button's tooltip so that the window's edge does not cut it off. */
function keepInside({ currentTarget }: { readonly currentTarget: HTMLElement }): void {
  const tooltip = currentTarget.nextElementSibling;
  if (!(tooltip instanceof HTMLElement)) return;
  tooltip.style.removeProperty("--shift");
  const { left, right, width } = tooltip.getBoundingClientRect();
  if (width === 0) return;
  const shift = Math.max(EDGE - left, 0) + Math.min(document.documentElement.clientWidth - EDGE - right, 0);
  tooltip.style.setProperty("--shift", `${shift}px`);
}

/** "Control+Alt+H" as people know it: "Ctrl Alt H". */
function shownKeys(keys: string): string {
  return keys.replace("Control", "Ctrl").replace("Meta", "⌘").replaceAll("+", " ");
}
