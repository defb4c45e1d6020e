import { createEffect, onCleanup } from "solid-js";

/**
 * Keeps `field` and the page's `value` in sync, and reports input to `onInput`. The field is written to only
 * if its content differs, and never while the person edits it: neither with the page's version of their own
 * input (a half-typed date counts as "", a number is clamped), nor during IME composition. The former waits
 * until they leave the field; a change by the page during composition, such as sending, until the composition
 * ends. Call it in the field's `ref`.
 */
export function control(
  field: HTMLInputElement | HTMLTextAreaElement,
  value: () => string,
  onInput: (value: string) => void,
): void {
  let isOwn = false;
  let isComposing = false;
  /** The page has changed the value during composition: the composed text belongs to the old value. */
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
 * Whether a key belongs to IME composition: Enter that accepts a suggestion sends nothing. Safari ends the
 * composition before it reports that Enter, with a key code that no key has.
 * Source: UI Events §7.3, "229".
 */
export function isOfComposing(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === 229;
}
