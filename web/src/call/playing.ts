import { onGesture } from "./gesture.ts";

/**
 * What the browser does not play before the person interacts with the page: nothing, only audio, or video
 * too.
 */
export type PlaybackBlocked = "nothing" | "sound" | "pictures";

/**
 * An element that is paused again within this time after its start was paused on purpose, ms: it waits for
 * the person.
 */
const RESTART_MS = 1_000;

const playing = new Map<HTMLMediaElement, { startedAt: number }>();
const blocked = new Set<HTMLMediaElement>();
const listeners = new Set<(blocked: PlaybackBlocked) => void>();
let waiting: AbortController | undefined;

/**
 * Plays one track in `element`, video without sound. Returns a function that ends it. While the browser
 * blocks it, each gesture of the person retries it.
 */
export function playTrack(element: HTMLMediaElement, track: MediaStreamTrack): () => void {
  adopt(element);
  // The attribute of a cloned element does not mute it in every browser, and only muted elements may
  // autoplay.
  if (track.kind === "video") element.muted = true;
  element.srcObject = new MediaStream([track]);
  const life = new AbortController();
  element.addEventListener("pause", () => restart(element), { signal: life.signal });
  void start(element);
  return () => {
    life.abort();
    playing.delete(element);
    element.srcObject = null;
    if (blocked.delete(element)) tell();
  };
}

/** Retries what the browser had blocked; must be called from a click. */
export async function playBlocked(): Promise<void> {
  await Promise.all([...blocked].map(start));
}

/** Calls `listener` now and on each change, until `signal` aborts. */
export function onPlaybackBlocked(listener: (blocked: PlaybackBlocked) => void, signal: AbortSignal): void {
  listeners.add(listener);
  signal.addEventListener("abort", () => listeners.delete(listener), { once: true });
  listener(state());
}

/**
 * Makes an element belong to the page's document. Solid clones elements from a template, whose document is
 * inert until they are inserted: WebKit never loads a source that was set there.
 */
function adopt(element: Element): void {
  const root = element.getRootNode();
  if (root !== document && root.ownerDocument !== document) document.adoptNode(root);
}

async function start(element: HTMLMediaElement): Promise<void> {
  playing.set(element, { startedAt: performance.now() });
  try {
    await element.play();
    if (blocked.delete(element)) tell();
  } catch (cause) {
    // AbortError: it was ended or got another source in the meantime.
    if (playing.has(element) && cause instanceof DOMException && cause.name === "NotAllowedError") {
      wait(element);
    }
  }
}

/** The system paused it: a phone call, a headset's button, another tab that plays. */
function restart(element: HTMLMediaElement): void {
  const { startedAt } = playing.get(element) ?? {};
  if (startedAt === undefined) return;
  if (performance.now() - startedAt < RESTART_MS || document.hidden) wait(element);
  else void start(element);
}

function wait(element: HTMLMediaElement): void {
  blocked.add(element);
  tell();
}

function tell(): void {
  for (const listener of listeners) listener(state());
  if (blocked.size === 0) {
    waiting?.abort();
    waiting = undefined;
  } else if (waiting === undefined) {
    waiting = new AbortController();
    onGesture(() => void playBlocked(), waiting.signal);
    document.addEventListener("visibilitychange", () => void playBlocked(), { signal: waiting.signal });
  }
}

function state(): PlaybackBlocked {
  if (blocked.size === 0) return "nothing";
  return [...blocked].some((element) => element instanceof HTMLVideoElement) ? "pictures" : "sound";
}
