import { every } from "./timer.ts";

/** How often the browser's counters are read, ms: a read costs some milliseconds with ten tracks. */
const LOOK_MS = 200;

/**
 * Resolves when part of a received track has been decoded (video) or has arrived (audio), or when `signal`
 * aborts. `progress` returns how much so far.
 */
export function flowing(
  track: MediaStreamTrack,
  progress: () => Promise<number>,
  signal: AbortSignal,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const life = new AbortController();
  const look = async () => {
    if (await progress() > 0) resolve();
  };
  every(LOOK_MS, () => void look(), life.signal);
  const element = track.kind === "video" ? firstFrame(track, resolve) : undefined;
  signal.addEventListener("abort", () => resolve(), { once: true, signal: life.signal });
  if (signal.aborted) resolve();
  return promise.finally(() => {
    life.abort();
    if (element !== undefined) element.srcObject = null;
  });
}

/**
 * Detects the first picture at once and at no cost, where the browser plays elements that are not on the
 * page.
 */
function firstFrame(track: MediaStreamTrack, come: () => void): HTMLVideoElement {
  const element = document.createElement("video");
  element.muted = true;
  element.playsInline = true;
  element.addEventListener("loadeddata", come, { once: true });
  element.srcObject = new MediaStream([track]);
  element.play().catch(() => {});
  return element;
}
