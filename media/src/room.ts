import type { ConsumerInfo } from "@tafelrunde/protocol";
import type { MediaNotice, MediaNoticeOf, MediaRequestOf } from "@tafelrunde/protocol/media";
import type { types } from "mediasoup";
import { DemandTeller } from "./demand.ts";
import type { Log } from "./log.ts";
import { Peer, type PeerOptions } from "./peer.ts";
import type { Track } from "./track.ts";
import type { MediaWorker } from "./worker_pool.ts";

/** How often the room tells who is heard, ms. */
const SPEAKERS_INTERVAL_MS = 300;

/** Quietest average level that counts as speech, dBov: above a fan or a keyboard across the room, below a soft voice. */
const SPEECH_LEVEL = -55;

/** Most people who are told to be heard at once. */
const MAX_SPEAKERS = 8;

/** Most tracks of one peer, a bound against a broken edge; people's own limits are the edge's (MAX_TRACKS_PER_SOURCE). */
const MAX_PEER_TRACKS = 8;

/** Room ids and notices to edges, as branded in the protocol. */
type RoomId = MediaNoticeOf<"speakers">["roomId"];
type PeerId = MediaNoticeOf<"peer.closed">["peerId"];
type TrackId = MediaNoticeOf<"track.demand">["trackId"];

export interface RoomOptions {
  readonly id: string;
  readonly worker: MediaWorker;
  readonly log: Log;
  /** Tells the edge of one peer. */
  readonly notify: (peer: Peer, notice: MediaNotice) => void;
  /** Tells each of some edges. */
  readonly notifyEdges: (edgeIds: ReadonlySet<string>, notice: MediaNotice) => void;
}

/** The people of one room on this node and what they send one another: one mediasoup router. */
export class Room {
  readonly id: string;
  readonly worker: MediaWorker;
  readonly peers = new Map<string, Peer>();
  /** In order of publishing. */
  readonly tracks = new Map<string, Track>();
  /** Openings under way: the room is not empty while there is one. */
  entering = 0;
  readonly #options: RoomOptions;
  readonly #router: types.Router;
  readonly #levels: types.AudioLevelObserver;
  readonly #demands = new Map<string, DemandTeller>();
  #closed = false;

  private constructor(options: RoomOptions, router: types.Router, levels: types.AudioLevelObserver) {
    this.id = options.id;
    this.worker = options.worker;
    this.#options = options;
    this.#router = router;
    this.#levels = levels;
    levels.on("volumes", (volumes) =>
      this.#tellSpeakers(volumes.map(({ producer, volume }) => ({
        trackId: producer.id as TrackId,
        level: volume,
      }))));
    levels.on("silence", () => this.#tellSpeakers([]));
  }

  static async open(options: RoomOptions): Promise<Room> {
    const router = await options.worker.openRouter();
    const levels = await router.createAudioLevelObserver({
      maxEntries: MAX_SPEAKERS,
      threshold: SPEECH_LEVEL,
      interval: SPEAKERS_INTERVAL_MS,
    });
    return new Room(options, router, levels);
  }

  /** Numbers of transports, producers and consumers that mediasoup holds for the room. */
  async count(): Promise<{ transports: number; producers: number; consumers: number }> {
    const { transportIds, mapProducerIdConsumerIds } = await this.#router.dump();
    return {
      transports: transportIds.length,
      producers: mapProducerIdConsumerIds.length,
      consumers: mapProducerIdConsumerIds.reduce((sum, { values }) => sum + values.length, 0),
    };
  }

  openTransport(): Promise<types.WebRtcTransport> {
    return this.worker.openTransport(this.#router);
  }

  /** Opens a peer's transports and all that its first view shows. Rejects when its capabilities make no sense, or the worker died. */
  async enter(options: PeerOptions): Promise<Peer> {
    const peer = await Peer.open(this, options);
    if (this.#closed) {
      peer.close();
      throw new Error("the room was closed while a peer entered");
    }
    this.peers.set(peer.id, peer);
    this.worker.peers += 1;
    await peer.match();
    return peer;
  }

  /** Ends a peer and its tracks. */
  leave(peer: Peer): void {
    if (this.peers.get(peer.id) !== peer) return;
    this.peers.delete(peer.id);
    this.worker.peers -= 1;
    const tracks = this.#tracksOf(peer);
    for (const track of tracks) this.#remove(track);
    peer.close();
    if (tracks.length > 0) this.#matchAll();
  }

  async publish(
    peer: Peer,
    { trackId, source, muted, rtpParameters }: MediaRequestOf<"track.publish">,
  ): Promise<"published" | "track.idTaken" | "track.invalid" | "peer.unknown"> {
    const before = this.tracks.get(trackId);
    if (before !== undefined && before.peerId === peer.id) {
      await before.mute(muted);
      return "published";
    }
    const { trackIds } = this.worker;
    if (trackIds.has(trackId)) return "track.idTaken";
    if (this.#tracksOf(peer).length >= MAX_PEER_TRACKS) return "track.invalid";
    trackIds.add(trackId);
    let track: Track | undefined;
    try {
      track = await peer.receive({
        trackId,
        source,
        muted,
        rtpParameters: rtpParameters as unknown as types.RtpParameters,
      });
      if (track.kind === "audio") await this.#levels.addProducer({ producerId: trackId });
    } catch (error) {
      track?.close();
      trackIds.delete(trackId);
      if (peer.closed) return "peer.unknown";
      this.#options.log("warn", "track.invalid", { reason: error instanceof Error ? error.message : "" });
      return "track.invalid";
    }
    if (peer.closed) {
      trackIds.delete(trackId);
      return "peer.unknown";
    }
    this.#add(track, peer);
    return "published";
  }

  #add(track: Track, peer: Peer): void {
    this.tracks.set(track.id, track);
    if (track.kind === "video") {
      this.#demands.set(
        track.id,
        new DemandTeller(track.layers.length, (layer) => this.#tellDemand(peer, track.id, layer)),
      );
    }
    this.#matchAll();
  }

  /** Ends a track of `peer`; false when it has no such track. */
  unpublish(peer: Peer, trackId: string): boolean {
    const track = this.tracks.get(trackId);
    if (track?.peerId !== peer.id) return false;
    this.#remove(track);
    this.#matchAll();
    return true;
  }

  #remove(track: Track): void {
    track.close();
    this.tracks.delete(track.id);
    this.worker.trackIds.delete(track.id);
    this.#demands.get(track.id)?.[Symbol.dispose]();
    this.#demands.delete(track.id);
  }

  #tracksOf(peer: Peer): Track[] {
    return [...this.tracks.values()].filter(({ peerId }) => peerId === peer.id);
  }

  #matchAll(): void {
    for (const peer of this.peers.values()) this.rematch(peer);
  }

  rematch(peer: Peer): void {
    peer.match().catch((error: unknown) => this.#options.log("error", "peer.unmatched", { error }));
  }

  want(trackId: string, peerId: string, layer: number): void {
    this.#demands.get(trackId)?.set(peerId, layer);
  }

  changed(peer: Peer, opened: readonly ConsumerInfo[], closed: readonly string[]): void {
    if (this.peers.get(peer.id) !== peer) return;
    const ids = this.#ids(peer);
    if (closed.length > 0) {
      this.#options.notify(peer, { type: "consumers.closed", ...ids, trackIds: closed as TrackId[] });
    }
    if (opened.length > 0) {
      this.#options.notify(peer, { type: "consumers.opened", ...ids, consumers: [...opened] });
    }
  }

  unsendable(error: unknown): void {
    this.#options.log("warn", "track.unsendable", { reason: error instanceof Error ? error.message : "" });
  }

  /** Tells an edge that took `peer` over what another may have missed. */
  recount(peer: Peer): void {
    peer.missed = false;
    this.changed(peer, peer.consumers(), []);
    for (const { id } of this.#tracksOf(peer)) {
      const demand = this.#demands.get(id);
      if (demand !== undefined) this.#tellDemand(peer, id, demand.told);
    }
  }

  #tellDemand(peer: Peer, trackId: string, layer: number): void {
    this.#options.notify(peer, {
      type: "track.demand",
      ...this.#ids(peer),
      trackId: trackId as TrackId,
      layer,
    });
  }

  #tellSpeakers(speakers: MediaNoticeOf<"speakers">["speakers"]): void {
    const edgeIds = new Set([...this.peers.values()].map(({ edgeId }) => edgeId));
    this.#options.notifyEdges(edgeIds, { type: "speakers", roomId: this.id as RoomId, speakers });
  }

  #ids(peer: Peer): { roomId: RoomId; peerId: PeerId } {
    return { roomId: this.id as RoomId, peerId: peer.id as PeerId };
  }

  /** Ends the room and everyone in it. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const peer of [...this.peers.values()]) this.leave(peer);
    this.#router.close();
  }
}
