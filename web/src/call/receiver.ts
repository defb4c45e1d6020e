import type { ConsumerInfo, TrackId } from "@tafelrunde/protocol";
import type { Consumer, RtpParameters, Transport } from "mediasoup-client/types";

export interface ReceiverHost {
  /** A track of someone else's is there (frames may still be to come), or is gone. */
  received(trackId: TrackId, track: MediaStreamTrack | undefined): void;
}

/** Everything that a peer receives: one consumer per track. */
export class Receiver {
  readonly #transport: Transport;
  readonly #host: ReceiverHost;
  /** The consumer's id until the browser has made it. */
  readonly #consumers = new Map<TrackId, { readonly id: string; consumer: Consumer | undefined }>();

  constructor(transport: Transport, host: ReceiverHost) {
    this.#transport = transport;
    this.#host = host;
  }

  /** Calls `each` with every track that is there. */
  forEach(each: (trackId: TrackId, track: MediaStreamTrack) => void): void {
    for (const [trackId, { consumer }] of this.#consumers) {
      if (consumer !== undefined) each(trackId, consumer.track);
    }
  }

  /** How many frames of each video track have been decoded since it was received. Without tracks whose consumer is not there yet. */
  async framesDecoded(): Promise<Map<TrackId, number>> {
    const frames = new Map<TrackId, number>();
    if (this.#transport.closed) return frames;
    const byTrack = new Map<string, number>();
    for (const report of (await this.#transport.getStats()).values()) {
      const { type, kind, trackIdentifier, framesDecoded } = report as RTCInboundRtpStreamStats;
      if (type === "inbound-rtp" && kind === "video") byTrack.set(trackIdentifier, framesDecoded ?? 0);
    }
    this.forEach((trackId, track) => {
      if (track.kind === "video") frames.set(trackId, byTrack.get(track.id) ?? 0);
    });
    return frames;
  }

  /**
   * Receives what the node has opened. All in one tick, which mediasoup-client answers with one offer and answer. Resolves when that is
   * done, never rejects.
   */
  async open(infos: readonly ConsumerInfo[]): Promise<void> {
    const fresh = infos.filter(({ trackId, consumerId }) => this.#consumers.get(trackId)?.id !== consumerId);
    await Promise.all(fresh.map((info) => {
      this.#close(info.trackId);
      return this.#consume(info);
    }));
  }

  close(trackIds: readonly TrackId[]): void {
    for (const trackId of trackIds) this.#close(trackId);
  }

  closeAll(): void {
    this.close([...this.#consumers.keys()]);
  }

  async #consume({ trackId, consumerId, kind, streamId, rtpParameters }: ConsumerInfo): Promise<void> {
    const entry = { id: consumerId, consumer: undefined as Consumer | undefined };
    this.#consumers.set(trackId, entry);
    try {
      const consumer = await this.#transport.consume({
        id: consumerId,
        producerId: trackId,
        kind,
        streamId,
        rtpParameters: rtpParameters as unknown as RtpParameters,
      });
      if (this.#consumers.get(trackId) !== entry) return consumer.close();
      entry.consumer = consumer;
      this.#host.received(trackId, consumer.track);
    } catch (cause) {
      if (this.#consumers.get(trackId) === entry) this.#consumers.delete(trackId);
      if (!this.#transport.closed) console.warn("media: not consumed", cause);
    }
  }

  #close(trackId: TrackId): void {
    const entry = this.#consumers.get(trackId);
    if (entry === undefined) return;
    this.#consumers.delete(trackId);
    entry.consumer?.close();
    this.#host.received(trackId, undefined);
  }
}
