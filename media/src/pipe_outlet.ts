import type { types } from "mediasoup";
import { closeWithParent } from "./close_with_parent.ts";
import { DEMAND_FALL_MS } from "./demand.ts";
import type { PipePort } from "./pipe_port.ts";

/** A track as the sending end needs it. */
export interface PipeableTrack {
  readonly id: string;
  readonly producer: types.Producer;
}

/** Callbacks of the sending end. */
export interface OutletEvents {
  /** The largest layer of a track that is wanted behind the pipe, -1: none. */
  want(trackId: string, layer: number): void;
  /** A track is no longer sent. */
  stopped(trackId: string): void;
  closed(): void;
  fail(error: unknown): void;
}

interface Piped {
  readonly consumer: types.Consumer;
  pause: ReturnType<typeof setTimeout> | undefined;
}

/** The sending end of a pipe: everything that one router sends to one other router. */
export class Outlet {
  readonly id: string;
  readonly port: PipePort;
  readonly #events: OutletEvents;
  readonly #piped = new Map<string, Promise<Piped>>();
  #isClosed = false;

  /** `port` is connected to the other end. */
  constructor(id: string, port: PipePort, events: OutletEvents) {
    this.id = id;
    this.port = port;
    this.#events = events;
    port.transport.observer.once("close", () => this.close());
  }

  get closed(): boolean {
    return this.#isClosed;
  }

  /** Number of tracks that it carries. */
  get size(): number {
    return this.#piped.size;
  }

  /**
   * Sends a track; returns the parameters that the other end needs to receive it, and the same again while it
   * is sent. Rejects if the track or the pipe ends.
   */
  async send(track: PipeableTrack, layer: number): Promise<types.RtpParameters> {
    let piped = this.#piped.get(track.id);
    if (piped === undefined) {
      piped = this.#start(track);
      this.#piped.set(track.id, piped);
      piped.catch(() => this.#forget(track.id, piped));
    }
    const { consumer } = await piped;
    this.demand(track.id, layer);
    return consumer.rtpParameters;
  }

  async #start({ id, producer }: PipeableTrack): Promise<Piped> {
    const { transport } = this.port;
    const consumer = await closeWithParent(transport, transport.consume({ producerId: producer.id }));
    if (producer.closed) {
      consumer.close();
      throw new Error("the track ended");
    }
    const piped = this.#piped.get(id);
    consumer.observer.once("close", () => this.#forget(id, piped));
    return { consumer, pause: undefined };
  }

  /**
   * Sets the layer that the other end wants of a track. A video that has no viewers there for a while is
   * paused; audio is always wanted.
   */
  demand(trackId: string, layer: number): void {
    void this.#piped.get(trackId)?.then(async (piped) => {
      const { consumer } = piped;
      if (consumer.kind !== "video" || consumer.closed) return;
      this.#events.want(trackId, layer);
      if (layer < 0) {
        piped.pause ??= setTimeout(() => {
          piped.pause = undefined;
          consumer.pause().catch((error: unknown) => this.#failed(consumer, error));
        }, DEMAND_FALL_MS);
        return;
      }
      clearTimeout(piped.pause);
      piped.pause = undefined;
      if (consumer.paused) await consumer.resume().catch((error: unknown) => this.#failed(consumer, error));
    }, () => {/* `send` has reported it */});
  }

  /** A failure caused by a close during the change is not a fault. */
  #failed(consumer: types.Consumer, error: unknown): void {
    if (!consumer.closed) this.#events.fail(error);
  }

  stop(trackId: string): void {
    const piped = this.#piped.get(trackId);
    this.#forget(trackId, piped);
    void piped?.then(({ consumer }) => consumer.close(), () => {});
  }

  #forget(trackId: string, piped: Promise<Piped> | undefined): void {
    if (piped === undefined || this.#piped.get(trackId) !== piped) return;
    this.#piped.delete(trackId);
    this.#events.stopped(trackId);
    void piped.then(({ pause }) => clearTimeout(pause), () => {});
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const trackId of [...this.#piped.keys()]) this.stop(trackId);
    this.port.transport.close();
    this.#events.closed();
  }
}
