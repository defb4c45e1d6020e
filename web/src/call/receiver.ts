import type { ConsumerInfo, TrackId } from "@tafelrunde/protocol";
import type { Consumer, RtpParameters, Transport } from "mediasoup-client/types";
import type { Reception, Source } from "./reception.ts";

/** How much of a track has come: frames decoded of a picture, packets of sound. */
type Progress = ReadonlyMap<TrackId, number>;

/** How old an answer of the browser may be when several ask at once, ms. */
const STATS_AGE_MS = 20;

interface Entry {
  readonly consumerId: string;
  /** Not there until the browser has made it. */
  source: (Source & { readonly consumer: Consumer }) | undefined;
}

/** Everything that a peer receives on one transport: one consumer per track. What is shown of it is the reception's to say. */
export class Receiver {
  readonly #transport: Transport;
  readonly #reception: Reception;
  readonly #entries = new Map<TrackId, Entry>();
  readonly #waiters: (() => void)[] = [];
  #stats: { readonly at: number; readonly progress: Promise<ReadonlyMap<string, number>> } | undefined;

  constructor(transport: Transport, reception: Reception) {
    this.#transport = transport;
    this.#reception = reception;
  }

  /** How much of each track has come since it was received. Without tracks whose consumer is not there yet. */
  async progress(): Promise<Progress> {
    const byTrack = await this.#progressByTrack();
    return new Map(
      [...this.#entries].flatMap(([trackId, { source }]) =>
        source === undefined ? [] : [[trackId, byTrack.get(source.track.id) ?? 0] as const]
      ),
    );
  }

  /**
   * Receives what the node has opened. All in one tick, which mediasoup-client answers with one offer and answer. Resolves when that is
   * done, never rejects.
   */
  async open(infos: readonly ConsumerInfo[]): Promise<void> {
    const fresh = infos.filter(({ trackId, consumerId }) =>
      this.#entries.get(trackId)?.consumerId !== consumerId
    );
    await Promise.all(fresh.map((info) => this.#consume(info)));
  }

  close(trackIds: Iterable<TrackId>): void {
    for (const trackId of trackIds) {
      const source = this.#entries.get(trackId)?.source;
      this.#entries.delete(trackId);
      if (source !== undefined) this.#reception.end(trackId, source);
    }
    this.#tellEmptied();
  }

  /** Resolves when nothing of it is shown any more. */
  async emptied(): Promise<void> {
    if (this.#entries.size > 0) await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }

  closeAll(): void {
    this.close([...this.#entries.keys()]);
  }

  /** A track that came before under another consumer is shown from that one until this one flows. */
  async #consume({ trackId, consumerId, kind, streamId, rtpParameters }: ConsumerInfo): Promise<void> {
    const before = this.#entries.get(trackId)?.source;
    const entry: Entry = { consumerId, source: undefined };
    this.#entries.set(trackId, entry);
    try {
      const consumer = await this.#transport.consume({
        id: consumerId,
        producerId: trackId,
        kind,
        streamId,
        rtpParameters: rtpParameters as unknown as RtpParameters,
      });
      if (this.#entries.get(trackId) !== entry) return consumer.close();
      const { track } = consumer;
      entry.source = {
        consumer,
        track,
        flows: async () => ((await this.#progressByTrack()).get(track.id) ?? 0) > 0,
        release: () => {
          consumer.close();
          if (this.#entries.get(trackId) === entry) this.#entries.delete(trackId);
          this.#tellEmptied();
        },
      };
      this.#reception.add(trackId, entry.source);
    } catch (cause) {
      if (this.#entries.get(trackId) === entry) this.#entries.delete(trackId);
      if (before !== undefined) this.#reception.end(trackId, before);
      if (!this.#transport.closed) console.warn("media: not consumed", cause);
    }
  }

  #tellEmptied(): void {
    if (this.#entries.size === 0) { for (const resolve of this.#waiters.splice(0)) resolve(); }
  }

  /** By the id of the browser's track. */
  #progressByTrack(): Promise<ReadonlyMap<string, number>> {
    const now = performance.now();
    if (this.#stats === undefined || now - this.#stats.at > STATS_AGE_MS) {
      this.#stats = { at: now, progress: readProgress(this.#transport) };
    }
    return this.#stats.progress;
  }
}

async function readProgress(transport: Transport): Promise<Map<string, number>> {
  const progress = new Map<string, number>();
  if (transport.closed) return progress;
  try {
    for (const report of (await transport.getStats()).values()) {
      const { type, kind, trackIdentifier, framesDecoded, packetsReceived } =
        report as RTCInboundRtpStreamStats;
      if (type !== "inbound-rtp") continue;
      progress.set(trackIdentifier, (kind === "video" ? framesDecoded : packetsReceived) ?? 0);
    }
  } catch (cause) {
    if (!transport.closed) throw cause;
  }
  return progress;
}
