import { createEffect, createSignal, onCleanup } from "solid-js";

/** Pause in typing before the text counts, ms. */
const REST_MS = 250;

/** The debounced `text`. */
export function createRested(text: () => string): () => string {
  const [rested, setRested] = createSignal(text());
  createEffect(() => {
    const now = text();
    const timer = setTimeout(() => setRested(now), REST_MS);
    onCleanup(() => clearTimeout(timer));
  });
  return rested;
}
