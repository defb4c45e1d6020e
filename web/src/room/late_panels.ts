import type { FeatureName } from "@tafelrunde/protocol";
import { type Component, createSignal, onCleanup } from "solid-js";
import { after } from "../call/timer.ts";
import { filling } from "../feature_slots.ts";
import type * as Panels from "./panels.ts";

/**
 * Delay after the meeting before its panels load by themselves, ms: by then the first picture has arrived.
 */
const WARM_AFTER_MS = 1_000;

/** Delay before a failed load is retried, ms. */
const LOAD_AGAIN_MS = 5_000;

/** The panels of the core, and those of features by name. */
interface Loaded {
  readonly core: typeof Panels;
  readonly features: ReadonlyMap<FeatureName, Component>;
}

/** Once for all meetings of this page. */
const [panels, setPanels] = createSignal<Loaded>();

/**
 * The panels, undefined until they are loaded: soon after the owner, or as soon as `want` is called. Failed
 * loads are retried.
 */
export function createLatePanels(): {
  readonly panels: () => Loaded | undefined;
  readonly want: () => void;
} {
  const life = new AbortController();
  onCleanup(() => life.abort());
  let isLoading = false;
  const want = () => {
    if (isLoading || panels() !== undefined) return;
    isLoading = true;
    load().then(setPanels, (cause) => {
      console.warn("panels: not loaded", cause);
      after(LOAD_AGAIN_MS, want, life.signal);
    }).finally(() => isLoading = false);
  };
  after(WARM_AFTER_MS, want, life.signal);
  return { panels, want };
}

async function load(): Promise<Loaded> {
  const [core, ...features] = await Promise.all([
    import("./panels.ts"),
    ...filling("panel").map(async ({ name, fill }) => [name, await fill.load()] as const),
  ]);
  return { core, features: new Map(features) };
}
