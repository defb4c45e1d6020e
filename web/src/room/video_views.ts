import type { TrackId } from "@tafelrunde/protocol";
import { createContext, createEffect, onCleanup, useContext } from "solid-js";
import type { Call, VideoView } from "../call/api.ts";
import { after } from "../call/timer.ts";

/** Delay before a hidden page stops requesting video, ms: a glance at another tab costs no new key frames. */
const BACKGROUND_AFTER_MS = 5_000;

interface Watched {
  track: { readonly trackId: TrackId; readonly priority: number } | undefined;
  width: number;
  height: number;
  isVisible: boolean;
}

/**
 * Keeps `call.setVideoView` in sync with the screen: the size of each watched element, while part of it is
 * visible. Ends with its owner.
 */
export class VideoViews {
  readonly #call: Call;
  readonly #watched = new Map<Element, Watched>();
  readonly #sizes = new ResizeObserver((entries) => this.#measure(entries));
  readonly #visibility = new IntersectionObserver((entries) => this.#see(entries));
  readonly #life = new AbortController();
  #isBackground = false;
  #background = new AbortController();
  #isScheduled = false;

  constructor(call: Call) {
    this.#call = call;
    document.addEventListener("visibilitychange", () => this.#pageVisibility(), {
      signal: this.#life.signal,
    });
    onCleanup(() => this.#close());
  }

  /** Starts watching `element`, or sets what it shows now; `track` undefined: no picture. */
  watch(element: Element, track: Watched["track"]): void {
    const watched = this.#watched.get(element);
    if (watched === undefined) {
      this.#watched.set(element, { track, width: 0, height: 0, isVisible: false });
      this.#sizes.observe(element);
      this.#visibility.observe(element);
    } else {
      watched.track = track;
      this.#schedule();
    }
  }

  unwatch(element: Element): void {
    if (!this.#watched.delete(element)) return;
    this.#sizes.unobserve(element);
    this.#visibility.unobserve(element);
    this.#schedule();
  }

  #measure(entries: readonly ResizeObserverEntry[]): void {
    for (const { target, contentRect } of entries) {
      const watched = this.#watched.get(target);
      if (watched === undefined) continue;
      watched.width = Math.round(contentRect.width);
      watched.height = Math.round(contentRect.height);
    }
    this.#schedule();
  }

  #see(entries: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      const watched = this.#watched.get(target);
      if (watched !== undefined) watched.isVisible = isIntersecting;
    }
    this.#schedule();
  }

  #pageVisibility(): void {
    this.#background.abort();
    if (document.visibilityState === "visible") {
      this.#isBackground = false;
      this.#schedule();
    } else {
      this.#background = new AbortController();
      after(BACKGROUND_AFTER_MS, () => {
        this.#isBackground = true;
        this.#schedule();
      }, this.#background.signal);
    }
  }

  /** Once for all changes in this tick. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      if (!this.#life.signal.aborted) this.#call.setVideoView(this.#isBackground ? [] : this.#shown());
    });
  }

  #shown(): VideoView[] {
    const shown: VideoView[] = [];
    for (const { track, width, height, isVisible } of this.#watched.values()) {
      if (track !== undefined && isVisible && width > 0 && height > 0) {
        shown.push({ ...track, width, height });
      }
    }
    return shown;
  }

  #close(): void {
    this.#life.abort();
    this.#background.abort();
    this.#sizes.disconnect();
    this.#visibility.disconnect();
  }
}

export const VideoViewsContext = createContext<VideoViews>();

/** Requests `track` in the size of `element`, while it is visible and as long as the owner lives. */
export function createVideoView(element: () => Element, track: () => Watched["track"]): void {
  const views = useContext(VideoViewsContext);
  if (views === undefined) throw new Error("no VideoViewsContext here");
  createEffect(() => views.watch(element(), track()));
  onCleanup(() => views.unwatch(element()));
}
