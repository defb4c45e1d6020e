import { createSignal, onCleanup } from "solid-js";
import { after } from "../call/timer.ts";
import type * as Panels from "./panels.ts";

/**
 * Delay after the meeting before its panels load by themselves, ms: by then the first picture has arrived.
 */
const WARM_AFTER_MS = 1_000;

/** Delay before a failed load is retried, ms. */
const LOAD_AGAIN_MS = 5_000;

/** Once for all meetings of this page. */
const [panels, setPanels] = createSignal<typeof Panels>();

/**
 * The panels, undefined until they are loaded: soon after the owner, or as soon as `want` is called. Failed
 * loads are retried.
 */
export function createLatePanels(): {
  readonly panels: () => typeof Panels | undefined;
  readonly want: () => void;
} {
  const life = new AbortController();
  onCleanup(() => life.abort());
  let isLoading = false;
  const want = () => {
    if (isLoading || panels() !== undefined) return;
    isLoading = true;
    import("./panels.ts").then((loaded) => setPanels(loaded), (cause) => {
      console.warn("panels: not loaded", cause);
      after(LOAD_AGAIN_MS, want, life.signal);
    }).finally(() => isLoading = false);
  };
  after(WARM_AFTER_MS, want, life.signal);
  return { panels, want };
}
