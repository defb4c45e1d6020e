import type { types } from "mediasoup";

/**
 * When a stalled consumer is nudged, ms after the one before. A publisher's stream needs a frame or two (33 ms each) before it counts.
 */
const NUDGE_AFTER_MS = [80, 120, 200, 300, 500];

/**
 * Sees to it that a simulcast consumer gets going. mediasoup 3.27 chooses a layer when a consumer resumes or a stream appears, among the
 * layers whose base bit rate is known by then; with none it chooses nothing, asks for no key frame and looks again only after about a
 * second (SimulcastProducerStreamManager::IncreaseLayer). A camera that was just turned on is in that state for a moment: one first frame
 * in twenty took 1.2 s. Pausing and resuming makes it choose anew.
 */
export class FlowWatch implements Disposable {
  readonly #consumer: types.Consumer;
  readonly #wanted: () => boolean;
  readonly #fail: (error: unknown) => void;
  #nudges = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `wanted` tells whether it is meant to flow; a pause that is on its way to the worker counts. */
  constructor(consumer: types.Consumer, wanted: () => boolean, fail: (error: unknown) => void) {
    this.#consumer = consumer;
    this.#wanted = wanted;
    this.#fail = fail;
    if (consumer.type !== "simulcast") return;
    consumer.on("producerresume", () => this.restart());
    consumer.on("score", () => this.#schedule());
    consumer.observer.once("close", () => this[Symbol.dispose]());
  }

  /** Watches from now on: something should begin to flow. */
  restart(): void {
    this.#nudges = 0;
    this.#schedule();
  }

  #stalls(): boolean {
    const { type, closed, producerPaused, currentLayers } = this.#consumer;
    return type === "simulcast" && !closed && !producerPaused && currentLayers === undefined &&
      this.#wanted();
  }

  #schedule(): void {
    const afterMs = NUDGE_AFTER_MS[this.#nudges];
    if (afterMs === undefined || this.#timer !== undefined || !this.#stalls()) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#nudge().catch((error: unknown) => {
        if (!this.#consumer.closed) this.#fail(error);
      });
    }, afterMs);
  }

  async #nudge(): Promise<void> {
    if (!this.#stalls()) return;
    this.#nudges += 1;
    await Promise.all([this.#consumer.pause(), this.#consumer.resume()]);
    this.#schedule();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
