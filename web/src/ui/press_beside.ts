/**
 * Calls `close` for a press beside an open dialog: one that begins and ends there. Selecting the text of a
 * field can end there as well, and closes nothing. Nor does a press once something was typed, chosen in a
 * form, or created by one: it would be lost. Call it in the dialog's `ref`.
 */
export function onPressBeside(dialog: HTMLDialogElement, close: () => void): void {
  let begunOn: EventTarget | null = null;
  let endedOn: EventTarget | null = null;
  let isWritten = false;
  const written = ({ target }: Event) => {
    const isText = target instanceof HTMLTextAreaElement ||
      (target instanceof HTMLInputElement && !["checkbox", "radio"].includes(target.type));
    if (isText || (target instanceof Element && target.closest("form") !== null)) isWritten = true;
  };
  dialog.addEventListener("input", written);
  dialog.addEventListener("submit", written);
  dialog.addEventListener("pointerdown", ({ target }) => {
    begunOn = target;
    endedOn = null;
  });
  dialog.addEventListener("pointerup", ({ target }) => endedOn = target);
  dialog.addEventListener("click", ({ target }) => {
    if (target === dialog && begunOn === dialog && endedOn === dialog && !isWritten) close();
  });
}
