import type { ConsumerInfo } from "@tafelrunde/protocol";
import type { types } from "mediasoup";
import { closeWithParent } from "./close_with_parent.ts";
import { FlowWatch } from "./flow_watch.ts";
import { streamIdOf, type TrackFacts } from "./track.ts";
import type { Wish } from "./view.ts";

/** One track as it is sent to one peer. */
export class Subscription {
  readonly trackId: string;
  /** The producer it consumes. */
  readonly producerId: string;
  /** What the client needs to receive it. */
  readonly info: ConsumerInfo;
  readonly #consumer: types.Consumer;
  readonly #watch: FlowWatch;
  #layer: number;
  #priority = 1;
  #paused: boolean;

  private constructor(
    track: TrackFacts,
    consumer: types.Consumer,
    layer: number,
    fail: (error: unknown) => void,
  ) {
    this.trackId = track.id;
    this.producerId = consumer.producerId;
    this.#consumer = consumer;
    this.#layer = layer;
    this.#paused = consumer.paused;
    this.#watch = new FlowWatch(consumer, () => !this.#paused, fail);
    this.info = {
      consumerId: consumer.id,
      trackId: track.id as ConsumerInfo["trackId"],
      kind: consumer.kind,
      streamId: streamIdOf(track),
      rtpParameters: { ...consumer.rtpParameters },
    };
  }

  /** Starts to send `track` as wished; `paused` overrides the wish. Rejects if the peer cannot decode it. */
  static async send(
    transport: types.WebRtcTransport,
    { track, producer, wish, rtpCapabilities, paused, fail }: {
      track: TrackFacts;
      producer: types.Producer;
      wish: Wish;
      rtpCapabilities: types.RtpCapabilities;
      paused: boolean;
      /** Receives later errors. */
      fail: (error: unknown) => void;
    },
  ): Promise<Subscription> {
    const layer = Math.max(0, wish.layer);
    const consumer = await closeWithParent(
      transport,
      transport.consume({
        producerId: producer.id,
        rtpCapabilities,
        paused,
        ...(track.layers.length > 1 ? { preferredLayers: { spatialLayer: layer } } : {}),
      }),
    );
    return new Subscription(track, consumer, layer, fail);
  }

  get closed(): boolean {
    return this.#consumer.closed;
  }

  /** Holds a slot until it closes or its track sends; `release` frees it. */
  hold(release: () => void): void {
    this.#consumer.observer.once("close", release);
    if (this.#consumer.closed) release();
  }

  /** Whether packets are sent to the peer when there are any. */
  get flows(): boolean {
    return !this.#paused && !this.#consumer.producerPaused;
  }

  /** Whether it is already sent as wished. */
  matches({ layer, priority }: Wish, paused: boolean): boolean {
    return this.#paused === paused && (layer < 0 || layer === this.#layer) &&
      (this.info.kind === "audio" || priority === this.#priority);
  }

  /** Applies a wish. Resuming requests a key frame from the publisher. */
  async apply({ layer, priority }: Wish, paused: boolean): Promise<void> {
    const changes: Promise<void>[] = [];
    if (layer >= 0 && layer !== this.#layer) {
      this.#layer = layer;
      if (this.#consumer.type === "simulcast") {
        changes.push(this.#consumer.setPreferredLayers({ spatialLayer: layer }));
      }
    }
    if (this.info.kind === "video" && priority !== this.#priority) {
      this.#priority = priority;
      changes.push(this.#consumer.setPriority(priority));
    }
    if (paused !== this.#paused) {
      this.#paused = paused;
      changes.push(paused ? this.#consumer.pause() : this.#consumer.resume());
      this.watch();
    }
    await Promise.all(changes);
  }

  /** Makes sure that media starts to flow from now on. */
  watch(): void {
    this.#watch.restart();
  }

  /** Requests a key frame from the publisher. */
  async refresh(): Promise<void> {
    if (this.#consumer.kind === "video") await this.#consumer.requestKeyFrame();
  }

  close(): void {
    this.#consumer.close();
  }
}
