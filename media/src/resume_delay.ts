/**
 * How long a video that was turned on later is held back after its notice was sent, ms. A key frame that
 * reaches a browser before the browser knows the track is lost, and the next one may be requested only 400 ms
 * later (track.ts). The route over the edge and `consume()` take 25 to 80 ms in Chromium on a busy machine;
 * requesting the key frame from the publisher and its encoder adds slack. An acknowledgement instead would
 * cost the viewer's full round trip each time. Measured with Chromium, signaling 0 to 100 ms behind the
 * media: without the delay two thirds of such tracks took 430 to 510 ms to their first frame, with it 120
 * to 190 ms (median 155).
 */
export const RESUME_DELAY_MS = 100;

/**
 * The same for a participant admitted from the waiting room, ms: their browser has nothing else to do, and
 * they are looking at the screen. The publisher's round trip and its encoder come on top. Source: bench:join,
 * `waiting`.
 */
export const ADMISSION_RESUME_DELAY_MS = 50;

/** The tracks that are held back. */
export class ResumeDelays implements Disposable {
  readonly #trackIds = new Set<string>();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();

  has(trackId: string): boolean {
    return this.#trackIds.has(trackId);
  }

  /** Holds `trackIds` back for `delayMs`, then calls `over`. */
  give(trackIds: readonly string[], delayMs: number, over: () => void): void {
    if (trackIds.length === 0) return;
    for (const trackId of trackIds) this.#trackIds.add(trackId);
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      for (const trackId of trackIds) this.#trackIds.delete(trackId);
      over();
    }, delayMs);
    this.#timers.add(timer);
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}
