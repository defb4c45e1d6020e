import type { ConsumerInfo, TrackId } from "@tafelrunde/protocol";
import type { Consumer, RtpParameters, Transport } from "mediasoup-client/types";
import { flowing } from "./flow.ts";
import type { Reception, Source } from "./reception.ts";
import { after } from "./timer.ts";

/** How much of a track has come: frames decoded of a picture, packets of sound. */
type Progress = ReadonlyMap<TrackId, number>;

/**
 * How long tracks that come on another way are collected, ms: after the last that came, and at most. Each offer and answer costs the browser as much as
 * one for all of them, on a slow machine half a second.
 */
const GATHER_MS = 250;
const LONGEST_GATHER_MS = 1_000;

/** How old an answer of the browser may be when several ask at once, ms. */
const STATS_AGE_MS = 20;

interface Entry {
  readonly consumerId: string;
  /** Not there until the browser has made it. */
  source: (Source & { readonly consumer: Consumer }) | undefined;
}

interface Gathering {
  readonly infos: Map<TrackId, ConsumerInfo>;
  /** Something has come: it may not be the last. */
  wait(): void;
  /** Resolves when all of it is received. */
  readonly opened: Promise<void>;
  /** Receives what is there. */
  end(): void;
  isOver: boolean;
}

/** Everything that a peer receives on one transport: one consumer per track. What is shown of it is the reception's to say. */
export class Receiver {
  readonly #transport: Transport;
  readonly #reception: Reception;
  readonly #entries = new Map<TrackId, Entry>();
  readonly #waiters: (() => void)[] = [];
  /** Tracks that came through the path of before and have not come through this one. */
  readonly #expected: Set<TrackId>;
  /** What has come of them, until all are there or time is up. */
  #gathering: Gathering | undefined;
  #isLeaving = false;
  #stats: { readonly at: number; readonly arrivals: Promise<TransportArrivals> } | undefined;
  #arrivedPackets = 0;

  constructor(transport: Transport, reception: Reception) {
    this.#transport = transport;
    this.#reception = reception;
    this.#expected = new Set(reception.trackIds);
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

  /** Packets of media that had arrived when `progress` was last asked for. */
  get arrivedPackets(): number {
    return this.#arrivedPackets;
  }

  /**
   * Receives what the node has opened. All in one tick, which mediasoup-client answers with one offer and answer; what was there before comes
   * together. Resolves when that is done, never rejects.
   */
  open(infos: readonly ConsumerInfo[]): Promise<void> {
    const gathering = this.#gathering ??= this.#gather();
    for (const info of infos) {
      this.#expected.delete(info.trackId);
      gathering.infos.set(info.trackId, info);
    }
    if (this.#expected.size === 0) gathering.end();
    else gathering.wait();
    return gathering.opened;
  }

  /** Whether nothing makes the browser connect as yet. */
  get isIdle(): boolean {
    const isBegun = this.#gathering?.isOver === true && this.#gathering.infos.size > 0;
    return this.#entries.size === 0 && !isBegun;
  }

  #gather(): Gathering {
    const infos = new Map<TrackId, ConsumerInfo>();
    const life = new AbortController();
    const ended = Promise.withResolvers<void>();
    const end = () => {
      gathering.isOver = true;
      ended.resolve();
    };
    after(LONGEST_GATHER_MS, end, life.signal);
    let pause = new AbortController();
    const wait = () => {
      pause.abort();
      pause = new AbortController();
      after(GATHER_MS, end, pause.signal);
    };
    const opened = ended.promise.then(async () => {
      life.abort();
      pause.abort();
      this.#gathering = undefined;
      const fresh = [...infos.values()].filter(({ trackId, consumerId }) =>
        this.#entries.get(trackId)?.consumerId !== consumerId
      );
      await Promise.all(fresh.map((info) => this.#consume(info)));
    });
    const gathering: Gathering = { infos, opened, wait, end, isOver: false };
    return gathering;
  }

  close(trackIds: Iterable<TrackId>): void {
    for (const trackId of trackIds) {
      const source = this.#entries.get(trackId)?.source;
      this.#entries.delete(trackId);
      this.#expected.delete(trackId);
      this.#gathering?.infos.delete(trackId);
      if (source !== undefined) this.#reception.end(trackId, source);
    }
    this.#tellEmptied();
  }

  /** Its path is closed as a whole, now or soon. */
  leave(): void {
    this.#isLeaving = true;
  }

  /** What has not come again by now is not waited for. */
  expectNothing(): void {
    this.#expected.clear();
    this.#gathering?.end();
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
        flowing: (signal) =>
          flowing(track, async () => (await this.#progressByTrack()).get(track.id) ?? 0, signal),
        release: () => {
          // An offer and answer for each that ends would be for nothing.
          if (this.#isLeaving) track.stop();
          else consumer.close();
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
  async #progressByTrack(): Promise<ReadonlyMap<string, number>> {
    const now = performance.now();
    if (this.#stats === undefined || now - this.#stats.at > STATS_AGE_MS) {
      this.#stats = { at: now, arrivals: readArrivals(this.#transport) };
    }
    const { packets, progress } = await this.#stats.arrivals;
    this.#arrivedPackets = packets;
    return progress;
  }
}

interface TransportArrivals {
  /** Of all tracks together. */
  packets: number;
  readonly progress: Map<string, number>;
}

async function readArrivals(transport: Transport): Promise<TransportArrivals> {
  const arrivals: TransportArrivals = { packets: 0, progress: new Map() };
  if (transport.closed) return arrivals;
  try {
    for (const report of (await transport.getStats()).values()) {
      const { type, kind, trackIdentifier, framesDecoded, packetsReceived = 0 } =
        report as RTCInboundRtpStreamStats;
      if (type !== "inbound-rtp") continue;
      arrivals.packets += packetsReceived;
      arrivals.progress.set(trackIdentifier, kind === "video" ? framesDecoded ?? 0 : packetsReceived);
    }
  } catch (cause) {
    if (!transport.closed) throw cause;
  }
  return arrivals;
}
