import { createSignal, onCleanup } from "solid-js";

/** Whether `query` matches, updated with the window as long as the owner lives. */
export function createMediaQuery(query: string): () => boolean {
  const media = matchMedia(query);
  const [matches, setMatches] = createSignal(media.matches);
  const listening = new AbortController();
  media.addEventListener("change", () => setMatches(media.matches), { signal: listening.signal });
  onCleanup(() => listening.abort());
  return matches;
}
