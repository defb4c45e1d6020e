import type { types } from "mediasoup";
import { closeWithParent } from "./close_with_parent.ts";
import type { PipeAddress, PipePort } from "./pipe_port.ts";
import { KEY_FRAME_REQUEST_DELAY_MS, type TrackFacts } from "./track.ts";

/** The far end of a pipe, as the receiving end sees it: a router of this node or of another node. */
export interface PipeSource {
  /**
   * Opens the sending end and returns its address; the same one again for the same id. Rejects if it cannot
   * or is not allowed to.
   */
  open(pipeId: string, end: PipeAddress): Promise<PipeAddress>;
  /**
   * Starts sending a track; returns the parameters needed to receive it. Rejects if the track or the pipe
   * does not exist.
   */
  send(pipeId: string, trackId: string, layer: number): Promise<types.RtpParameters>;
  demand(pipeId: string, trackId: string, layer: number): void;
  stop(pipeId: string, trackId: string): void;
  close(pipeId: string): void;
}

/**
 * The receiving end of a pipe: what one router receives from one other router. Closes itself with its last
 * track.
 */
export class Inlet {
  readonly id: string;
  readonly port: PipePort;
  readonly #source: PipeSource;
  readonly #far: PipeAddress;
  readonly #trackIds = new Set<string>();
  readonly #closed = Promise.withResolvers<void>();
  #isClosed = false;

  private constructor(id: string, port: PipePort, source: PipeSource, far: PipeAddress) {
    this.id = id;
    this.port = port;
    this.#source = source;
    this.#far = far;
    port.transport.observer.once("close", () => this.close());
  }

  /**
   * Opens both ends; `openPort` opens the near one. Rejects if either cannot be opened; nothing is left open
   * then.
   */
  static async open(
    openPort: () => Promise<PipePort>,
    source: PipeSource,
  ): Promise<Inlet> {
    const port = await openPort();
    // One id for both ends: the far end returns the same port however often it is asked.
    const id = crypto.randomUUID();
    try {
      const far = await source.open(id, port.address);
      await port.connect(far);
      return new Inlet(id, port, source, far);
    } catch (error) {
      port.transport.close();
      source.close(id);
      throw error;
    }
  }

  get closed(): boolean {
    return this.#isClosed;
  }

  /** Resolves when it closes. */
  get whenClosed(): Promise<void> {
    return this.#closed.promise;
  }

  get trackIds(): ReadonlySet<string> {
    return this.#trackIds;
  }

  /** Receives a track. Rejects if the track or the pipe ends; the far end then stops sending it. */
  async receive(track: TrackFacts, layer: number): Promise<types.Producer> {
    const { id: trackId, kind } = track;
    this.#trackIds.add(trackId);
    try {
      const rtpParameters = await this.#source.send(this.id, trackId, layer);
      const { transport } = this.port;
      const producer = await closeWithParent(
        transport,
        transport.produce({
          kind,
          rtpParameters,
          paused: track.muted,
          keyFrameRequestDelay: KEY_FRAME_REQUEST_DELAY_MS,
          appData: { trackId },
        }),
      );
      producer.observer.once("close", () => this.#stop(trackId));
      return producer;
    } catch (error) {
      this.#stop(trackId);
      throw error;
    }
  }

  demand(trackId: string, layer: number): void {
    this.#source.demand(this.id, trackId, layer);
  }

  #stop(trackId: string): void {
    if (!this.#trackIds.delete(trackId)) return;
    if (this.#trackIds.size === 0) this.close();
    else this.#source.stop(this.id, trackId);
  }

  /**
   * Asks the far end whether it is still the one this end is connected to. Rejects if it does not respond.
   */
  async isJoined(): Promise<boolean> {
    const { ip, port } = await this.#source.open(this.id, this.port.address);
    return ip === this.#far.ip && port === this.#far.port;
  }

  /** Closes it unless it carries a track. */
  release(): void {
    if (this.#trackIds.size === 0) this.close();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.port.transport.close();
    this.#trackIds.clear();
    this.#source.close(this.id);
    this.#closed.resolve();
  }
}
