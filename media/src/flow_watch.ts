import type { types } from "mediasoup";

/**
 * Delays of successive nudges of a stalled consumer, ms after the previous. A publisher's stream needs a
 * frame or two (33 ms each) before it counts.
 */
const NUDGE_AFTER_MS = [80, 120, 200, 300, 500];

/**
 * Gets a stalled simulcast consumer to flow. mediasoup 3.27 chooses a layer when a consumer resumes or a
 * stream appears, among the layers whose base bit rate is known at that time; if there is none, it chooses
 * none, requests no key frame and retries only after about a second
 * (SimulcastProducerStreamManager::IncreaseLayer). A camera that was just turned on is briefly in that state:
 * one first frame in twenty took 1.2 s. Pausing and resuming makes mediasoup choose again.
 */
export class FlowWatch implements Disposable {
  readonly #consumer: types.Consumer;
  readonly #wanted: () => boolean;
  readonly #fail: (error: unknown) => void;
  #nudges = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `wanted` tells whether the consumer is meant to flow; a pause already sent to the worker counts. */
  constructor(consumer: types.Consumer, wanted: () => boolean, fail: (error: unknown) => void) {
    this.#consumer = consumer;
    this.#wanted = wanted;
    this.#fail = fail;
    if (consumer.type !== "simulcast") return;
    consumer.on("producerresume", () => this.restart());
    consumer.on("score", () => this.#schedule());
    consumer.observer.once("close", () => this[Symbol.dispose]());
  }

  /** Starts watching: media should begin to flow. */
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
