import type { TrackId } from "@tafelrunde/protocol";

/**
 * Plays everyone's sound: one hidden <audio> per track. A person's sound and picture stay in step because the node gives both the same
 * stream id, which the browser syncs wherever they are played.
 */
export class Playback {
  readonly #elements = new Map<TrackId, HTMLAudioElement>();
  readonly #blocked: (blocked: boolean) => void;
  readonly #life = new AbortController();
  #speakerId = "";

  /** `blocked` is told when the browser will not play before the person touches the page, and when it does. */
  constructor(blocked: (blocked: boolean) => void) {
    this.#blocked = blocked;
  }

  play(trackId: TrackId, track: MediaStreamTrack): void {
    this.stop(trackId);
    const element = document.createElement("audio");
    element.hidden = true;
    element.srcObject = new MediaStream([track]);
    document.body.append(element);
    this.#elements.set(trackId, element);
    this.#route(element);
    void this.#start([element]);
  }

  stop(trackId: TrackId): void {
    const element = this.#elements.get(trackId);
    if (element === undefined) return;
    this.#elements.delete(trackId);
    element.srcObject = null;
    element.remove();
  }

  /** Tries again what the browser had blocked; to be called from a click. */
  async resume(): Promise<void> {
    await this.#start([...this.#elements.values()]);
  }

  /** Plays through another loudspeaker, "" the system's, where the browser can. */
  setSpeaker(speakerId: string): void {
    this.#speakerId = speakerId;
    for (const element of this.#elements.values()) this.#route(element);
  }

  close(): void {
    this.#life.abort();
    for (const trackId of [...this.#elements.keys()]) this.stop(trackId);
  }

  async #start(elements: readonly HTMLAudioElement[]): Promise<void> {
    const results = await Promise.allSettled(elements.map((element) => element.play()));
    const isBlocked = results.some((result) =>
      result.status === "rejected" && result.reason instanceof DOMException &&
      result.reason.name === "NotAllowedError"
    );
    this.#blocked(isBlocked);
    if (!isBlocked || this.#life.signal.aborted) return;
    document.addEventListener("pointerdown", () => void this.resume(), {
      once: true,
      capture: true,
      signal: this.#life.signal,
    });
  }

  #route(element: HTMLAudioElement): void {
    if (this.#speakerId === "" && element.sinkId === "" || element.setSinkId === undefined) return;
    element.setSinkId(this.#speakerId).catch((cause) => console.warn("loudspeaker", cause));
  }
}
