import { type JSX, onMount } from "solid-js";
import { words } from "../i18n/language.ts";
import { isOfComposing } from "../ui/controlled.ts";
import { IconButton } from "../ui/IconButton.tsx";
import { createReturnFocus } from "../ui/return_focus.ts";
import styles from "./Panel.module.css";
import { cross } from "../ui/icons.ts";

interface PanelProps {
  readonly id: string;
  readonly title: string;
  /** Returns the button that opens and closes it. */
  readonly opener: () => HTMLElement | undefined;
  readonly onClose: () => void;
  readonly children: JSX.Element;
}

/**
 * A panel beside the stage, on phones above everything. Takes the focus when it opens, returns it when it
 * closes; Escape closes it.
 */
export function Panel(props: PanelProps) {
  let panel!: HTMLElement;
  createReturnFocus(() => panel, () => props.opener());
  onMount(() => panel.focus());
  return (
    <aside
      ref={panel}
      id={props.id}
      class={styles.panel}
      aria-label={props.title}
      tabindex={-1}
      onKeyDown={(event) => event.key === "Escape" && !isOfComposing(event) && props.onClose()}
    >
      <header class={styles.header}>
        <h2>{props.title}</h2>
        <IconButton shape={cross} size={22} label={words().close} onClick={() => props.onClose()} />
      </header>
      {props.children}
    </aside>
  );
}
