import { createUniqueId, type JSX, onMount } from "solid-js";
import { onPressBeside } from "./press_beside.ts";
import { createReturnFocus } from "./return_focus.ts";
import styles from "./Dialog.module.css";

interface DialogProps {
  readonly title: string;
  readonly children: JSX.Element;
  /** The buttons, the most likely last. */
  readonly actions?: JSX.Element;
  /** Something in it would be lost that it does not see for itself, as it does what is written or is in a form. */
  readonly isWritten?: boolean;
  /** Escape, or a press beside it while nothing is written in it. */
  readonly onClose: () => void;
}

/** A question or a small form in front of the page. Open as long as it is rendered; focus goes in and comes back by itself. */
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
      // Browsers close it without asking at a second Escape, and at Android's way back.
      onClose={() => props.onClose()}
      // Its keys are not the page's behind it: Escape closes one thing.
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
