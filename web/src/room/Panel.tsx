import { type JSX, onCleanup, onMount } from "solid-js";
import { words } from "../i18n/language.ts";
import { Icon } from "../ui/Icon.tsx";
import styles from "./Panel.module.css";
import { cross } from "./shapes.ts";

interface PanelProps {
  readonly id: string;
  readonly title: string;
  readonly onClose: () => void;
  readonly children: JSX.Element;
}

/** Beside the stage, on phones above everything. Takes the focus when it opens, gives it back when it closes; Escape closes it. */
export function Panel(props: PanelProps) {
  let panel!: HTMLElement;
  const before = document.activeElement;
  onMount(() => panel.focus());
  onCleanup(() => {
    if (before instanceof HTMLElement && panel.contains(document.activeElement)) before.focus();
  });
  return (
    <aside
      ref={panel}
      id={props.id}
      class={styles.panel}
      aria-label={props.title}
      tabindex={-1}
      onKeyDown={(event) => event.key === "Escape" && props.onClose()}
    >
      <header class={styles.header}>
        <h2>{props.title}</h2>
        <button type="button" class={styles.close} aria-label={words().close} onClick={() => props.onClose()}>
          <Icon shape={cross} />
        </button>
      </header>
      {props.children}
    </aside>
  );
}
