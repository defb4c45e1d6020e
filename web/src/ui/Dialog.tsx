import { createUniqueId, type JSX, onMount } from "solid-js";
import { onPressBeside } from "./press_beside.ts";
import { createReturnFocus } from "./return_focus.ts";
import styles from "./Dialog.module.css";

interface DialogProps {
  readonly title: string;
  readonly children: JSX.Element;
  /** The buttons, the most likely last. */
  readonly actions?: JSX.Element;
  /**
   * Whether content would be lost that the dialog does not detect itself, as it does typed text and forms.
   */
  readonly isWritten?: boolean;
  /** Called on Escape, or on a press beside the dialog while nothing is typed in it. */
  readonly onClose: () => void;
}

/**
 * A question or a small form in front of the page. Open while it is rendered; focus moves in and returns by
 * itself.
 */
export function Dialog(props: DialogProps) {
  const id = createUniqueId();
  let dialog!: HTMLDialogElement;
  createReturnFocus(() => dialog);
  onMount(() => dialog.showModal());
  return (
    <dialog
      ref={(element) => {
        dialog = element;
        onPressBeside(element, () => props.isWritten || props.onClose());
      }}
      class={styles.dialog}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        props.onClose();
      }}
      // Browsers close it without asking at a second Escape, and on Android's back gesture.
      onClose={() => props.onClose()}
      // Its keys do not reach the page behind it: Escape closes one thing.
      onKeyDown={(event) => event.stopPropagation()}
    >
      <div class={styles.inside}>
        <h2 id={id}>{props.title}</h2>
        {props.children}
        <div class={styles.actions}>{props.actions}</div>
      </div>
    </dialog>
  );
}
