import { createEffect, createSignal, onCleanup } from "solid-js";

/** How long typing rests before it counts, ms. */
const REST_MS = 250;

/** `text` as it was when typing last rested. */
export function createRested(text: () => string): () => string {
  const [rested, setRested] = createSignal(text());
  createEffect(() => {
    const now = text();
    const timer = setTimeout(() => setRested(now), REST_MS);
    onCleanup(() => clearTimeout(timer));
  });
  return rested;
}
