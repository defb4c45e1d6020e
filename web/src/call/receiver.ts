import type { ConsumerInfo, TrackId } from "@tafelrunde/protocol";
import type { Consumer, RtpParameters, Transport } from "mediasoup-client/types";
import { flowing } from "./flow.ts";
import type { Source, TrackSwitcher } from "./track_switcher.ts";
import { after } from "./timer.ts";

/** Progress per track: decoded frames for video, packets for audio. */
type Progress = ReadonlyMap<TrackId, number>;

/**
 * How long tracks that move to this transport are collected, ms: after the last arrival, and in total. An
 * offer and answer costs the browser the same for one track as for all, on a slow machine half a second.
 */
const GATHER_MS = 250;
const LONGEST_GATHER_MS = 1_000;

/**
 * Maximum age of the browser's statistics when several callers ask at once, ms. A reading that takes longer
 * is shared, too: browsers that connect while the processor is busy need up to a second.
 */
const STATS_AGE_MS = 20;

interface Entry {
  readonly consumerId: string;
  /** Undefined until the browser has made it. */
  source: (Source & { readonly consumer: Consumer }) | undefined;
}

interface Gathering {
  readonly infos: Map<TrackId, ConsumerInfo>;
  /** A track has arrived: more might follow. */
  wait(): void;
  /** Resolves when all of it is received. */
  readonly opened: Promise<void>;
  /** Receives what has arrived. */
  end(): void;
  isOver: boolean;
}

/**
 * Everything that a client receives on one transport: one consumer per track. The track switcher decides what
 * is shown of it.
 */
export class Receiver {
  readonly #transport: Transport;
  readonly #switcher: TrackSwitcher;
  readonly #entries = new Map<TrackId, Entry>();
  readonly #waiters: (() => void)[] = [];
  /** Tracks that came through the old transport and have not come through this one. */
  readonly #expected: Set<TrackId>;
  /** Those of them that have arrived, until all are here or the time is up. */
  #gathering: Gathering | undefined;
  #isLeaving = false;
  #reading: Promise<TransportArrivals> | undefined;
  #isEstablished = false;
  #arrivedPackets = 0;

  constructor(transport: Transport, switcher: TrackSwitcher) {
    this.#transport = transport;
    this.#switcher = switcher;
    this.#expected = new Set(switcher.trackIds);
  }

  /** The progress of each track since it was received. Omits tracks whose consumer does not exist yet. */
  async progress(): Promise<Progress> {
    const byTrack = await this.#progressByTrack();
    return new Map(
      [...this.#entries].flatMap(([trackId, { source }]) =>
        source === undefined ? [] : [[trackId, byTrack.get(source.track.id) ?? 0] as const]
      ),
    );
  }

  /** Media packets received at the last call of `progress`. */
  get arrivedPackets(): number {
    return this.#arrivedPackets;
  }

  /**
   * Receives what the node has opened, all in one tick, which mediasoup-client answers with one offer and
   * answer. The first tracks do not wait, because they make the browser connect; other tracks of the old
   * transport are received together. Resolves when that is done, never rejects.
   */
  open(infos: readonly ConsumerInfo[]): Promise<void> {
    const gathering = this.#gathering ??= this.#gather();
    for (const info of infos) {
      this.#expected.delete(info.trackId);
      gathering.infos.set(info.trackId, info);
    }
    const isFirst = this.#entries.size === 0 && gathering.infos.size > 0;
    if (isFirst || this.#expected.size === 0) gathering.end();
    else gathering.wait();
    return gathering.opened;
  }

  /** Whether nothing makes the browser connect yet. */
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
      if (source !== undefined) this.#switcher.end(trackId, source);
    }
    this.#tellEmptied();
  }

  /** The whole transport is closed, now or soon. */
  leave(): void {
    this.#isLeaving = true;
  }

  /** Stops waiting for tracks that have not arrived again by now. */
  expectNothing(): void {
    this.#expected.clear();
    this.#gathering?.end();
  }

  /** Resolves when nothing from it is shown anymore. */
  async emptied(): Promise<void> {
    if (this.#entries.size > 0) await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }

  closeAll(): void {
    this.close([...this.#entries.keys()]);
  }

  /** A track that came through another consumer is shown from that one until this one flows. */
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
          // An offer and answer for each ended track would be wasted.
          if (this.#isLeaving) track.stop();
          else consumer.close();
          if (this.#entries.get(trackId) === entry) this.#entries.delete(trackId);
          this.#tellEmptied();
        },
      };
      this.#switcher.add(trackId, entry.source);
    } catch (cause) {
      if (this.#entries.get(trackId) === entry) this.#entries.delete(trackId);
      if (before !== undefined) this.#switcher.end(trackId, before);
      if (!this.#transport.closed) console.warn("media: not consumed", cause);
    }
  }

  #tellEmptied(): void {
    if (this.#entries.size === 0) { for (const resolve of this.#waiters.splice(0)) resolve(); }
  }

  /** By the id of the browser's track. */
  async #progressByTrack(): Promise<ReadonlyMap<string, number>> {
    const { packets, progress } = await (this.#reading ??= this.#read());
    this.#arrivedPackets = packets;
    return progress;
  }

  async #read(): Promise<TransportArrivals> {
    this.#isEstablished ||= this.#transport.connectionState === "connected";
    try {
      if (!this.#isEstablished) return { packets: 0, progress: new Map() };
      return await readArrivals(this.#transport);
    } finally {
      setTimeout(() => this.#reading = undefined, STATS_AGE_MS);
    }
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
