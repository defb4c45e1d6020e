import { onCleanup } from "solid-js";

/** What was pressed last, as long as that press is being worked off. */
let pressed: HTMLElement | undefined;

/** Safari on a Mac does not focus what is clicked: `document.activeElement` does not know it. */
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
 * Gives the focus back to what opened the owner's `box` when the owner ends, unless it has gone elsewhere meanwhile; to
 * `instead` if that is gone too.
 */
export function createReturnFocus(box: () => HTMLElement, instead?: () => HTMLElement | undefined): void {
  const active = document.activeElement;
  const opener = pressed ?? (active instanceof HTMLElement && active !== document.body ? active : undefined);
  onCleanup(() => {
    const now = document.activeElement;
    if (now !== null && now !== document.body && !box().contains(now)) return;
    const back = [opener, instead?.(), document.querySelector<HTMLElement>("main[tabindex], h1[tabindex]")]
      .find((element) => element?.isConnected && !box().contains(element));
    // What made way for the box can take the focus only once that is gone.
    queueMicrotask(() => back?.focus({ preventScroll: true }));
  });
}
