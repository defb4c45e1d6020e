import { createEffect, onCleanup } from "solid-js";

/**
 * Keeps what stands in `field` and what the page has of it (`value`) the same, and tells `onInput` what a person writes.
 * The field is written to only when it says something else, and never while the person is at it: not what their own input
 * was turned into (a half-typed date counts as "", a number is brought into bounds), nor in the middle of composing a
 * character. That waits until they leave the field; what the page has changed while a character was composed, as by sending it, until the
 * character is done. To be called in its `ref`.
 */
export function control(
  field: HTMLInputElement | HTMLTextAreaElement,
  value: () => string,
  onInput: (value: string) => void,
): void {
  let isOwn = false;
  let isComposing = false;
  /** The page has changed the value while a character was being composed: what is composed belongs to what was before. */
  let isOvertaken = false;
  const write = () => {
    if (field.value !== value()) field.value = value();
  };
  field.value = value();
  createEffect(() => {
    value();
    if (isOwn) return;
    if (isComposing) isOvertaken = true;
    else write();
  });
  const endComposing = () => {
    isComposing = false;
    if (isOvertaken) write();
    isOvertaken = false;
  };
  const life = new AbortController();
  onCleanup(() => life.abort());
  const listen = (event: string, act: () => void) => field.addEventListener(event, act, life);
  listen("input", () => {
    if (isOvertaken) return;
    isOwn = true;
    try {
      onInput(field.value);
    } finally {
      isOwn = false;
    }
  });
  listen("compositionstart", () => isComposing = true);
  listen("compositionend", endComposing);
  listen("blur", () => {
    endComposing();
    write();
  });
}

/**
 * Whether a key belongs to the composing of a character: Enter that takes a suggestion sends nothing. Safari says that
 * composing has ended before it tells of that Enter, with a key code that no key has.
 * Source: UI Events §7.3, "229".
 */
export function isOfComposing(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === 229;
}
