import { onCleanup } from "solid-js";

/** The last pressed element, while that press is being handled. */
let pressed: HTMLElement | undefined;

/** Safari on a Mac does not focus a clicked button, so `document.activeElement` does not know it. */
document.addEventListener("click", ({ target }) => {
  const control = target instanceof Element
    ? target.closest<HTMLElement>("button, a[href], input, summary")
    : null;
  pressed = control ?? undefined;
  setTimeout(() => {
    if (pressed === control) pressed = undefined;
  });
}, { capture: true });

/**
 * Returns the focus to the element that opened the owner's `box` when the owner ends, unless it has moved
 * elsewhere; to `instead` if that element is gone.
 */
export function createReturnFocus(box: () => HTMLElement, instead?: () => HTMLElement | undefined): void {
  const active = document.activeElement;
  const opener = pressed ?? (active instanceof HTMLElement && active !== document.body ? active : undefined);
  onCleanup(() => {
    const now = document.activeElement;
    if (now !== null && now !== document.body && !box().contains(now)) return;
    const back = [opener, instead?.(), document.querySelector<HTMLElement>("main[tabindex], h1[tabindex]")]
      .find((element) => element?.isConnected && !box().contains(element));
    // An element that the box hides can take the focus only once the box is gone.
    queueMicrotask(() => back?.focus({ preventScroll: true }));
  });
}
