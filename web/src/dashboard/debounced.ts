import { createEffect, createSignal, onCleanup } from "solid-js";

/** Pause in typing before the text counts, ms. */
const REST_MS = 250;

/** The debounced `text`. */
export function createDebounced(text: () => string): () => string {
  const [debounced, setDebounced] = createSignal(text());
  createEffect(() => {
    const now = text();
    const timer = setTimeout(() => setDebounced(now), REST_MS);
    onCleanup(() => clearTimeout(timer));
  });
  return debounced;
}
