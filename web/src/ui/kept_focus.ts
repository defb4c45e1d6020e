import { createComputed, on } from "solid-js";

/** Gives the focus back to what had it when a change of `order` has moved its row: browsers take it from what is moved. */
export function createKeptFocus(order: () => unknown): void {
  createComputed(on(order, () => {
    const had = document.activeElement;
    queueMicrotask(() => {
      if (had instanceof HTMLElement && had.isConnected && document.activeElement === document.body) {
        had.focus({ preventScroll: true });
      }
    });
  }, { defer: true }));
}
