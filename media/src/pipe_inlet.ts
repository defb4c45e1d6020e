import type { types } from "mediasoup";
import { bornOf } from "./born_of.ts";
import type { PipeAddress, PipePort } from "./pipe_port.ts";
import { KEY_FRAME_REQUEST_DELAY_MS, type TrackFacts } from "./track.ts";

/** The far end of a pipe, as the receiving end sees it: a router of this node, or one of another node. */
export interface PipeSource {
  /** Opens the sending end; gives its address. The same again for the same id. Rejects when it cannot, or may not. */
  open(pipeId: string, end: PipeAddress): Promise<PipeAddress>;
  /** Has a track sent; gives what is needed to receive it. Rejects when there is no such track or pipe. */
  send(pipeId: string, trackId: string, layer: number): Promise<types.RtpParameters>;
  demand(pipeId: string, trackId: string, layer: number): void;
  stop(pipeId: string, trackId: string): void;
  close(pipeId: string): void;
}

/** The receiving end of a pipe: what comes to one router from one other router. Closes itself with its last track. */
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

  /** Opens both ends. `openPort` opens the near one. Rejects when either cannot be opened; nothing is left then. */
  static async open(
    openPort: () => Promise<PipePort>,
    source: PipeSource,
  ): Promise<Inlet> {
    const port = await openPort();
    // One id for both ends: the far one answers for it, however often it is asked.
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

  /** Receives a track. Rejects when it or the pipe ends; then it is not sent either. */
  async receive(track: TrackFacts, layer: number): Promise<types.Producer> {
    const { id: trackId, kind } = track;
    this.#trackIds.add(trackId);
    try {
      const rtpParameters = await this.#source.send(this.id, trackId, layer);
      const { transport } = this.port;
      const producer = await bornOf(
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

  /** Whether the far end is still the one that it was joined to; it is asked. Rejects when it does not answer. */
  async isJoined(): Promise<boolean> {
    const { ip, port } = await this.#source.open(this.id, this.port.address);
    return ip === this.#far.ip && port === this.#far.port;
  }

  /** Closes it unless something comes through it. */
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
