import type { ConsumerInfo } from "@tafelrunde/protocol";
import type { AnnouncedTrack } from "@tafelrunde/protocol/cascade";
import {
  MAX_TOLD_CONSUMERS,
  MAX_TOLD_TRACKS,
  type MediaNotice,
  type MediaNoticeOf,
  type NodeAddress,
  type PublishedTrack,
  type Residency,
} from "@tafelrunde/protocol/media";
import type { types } from "mediasoup";
import type { Cascade } from "./cascade.ts";
import { logSparsely } from "./channel.ts";
import type { DownstreamRoom } from "./downstream.ts";
import type { Log } from "@tafelrunde/protocol/process/log";
import { Peer, type PeerOptions } from "./peer.ts";
import { RoomNodes } from "./room_nodes.ts";
import { HERE, RoomPipes, type RoomTrack } from "./room_pipes.ts";
import { type Held, RoomRouter } from "./room_router.ts";
import { RoomTracks } from "./room_tracks.ts";
import type { Shares } from "./shares.ts";
import { type Speaker, Speakers } from "./speakers.ts";
import { TrackBook } from "./track_book.ts";
import type { MediaWorker } from "./worker_pool.ts";

/**
 * How long a newcomer's first view waits for tracks from other workers and nodes, ms. Later tracks arrive
 * with a notice.
 */
const FIRST_VIEW_WAIT_MS = 100;

/** Room, peer and track ids, as branded in the protocol. */
type RoomId = MediaNoticeOf<"speakers">["roomId"];
type PeerId = MediaNoticeOf<"peer.closed">["peerId"];
type SpaceId = NonNullable<MediaNoticeOf<"speakers">["space"]>;
type TrackId = MediaNoticeOf<"track.demand">["trackId"];

export interface RoomOptions {
  readonly id: string;
  /** This node. */
  readonly address: NodeAddress;
  readonly cascade: Cascade;
  readonly log: Log;
  readonly shares: Shares;
  /** Called when mediasoup threw unexpectedly. */
  readonly failed: () => void;
  /** Whether the peers here are moving to other nodes. */
  readonly isDraining: () => boolean;
  /** The worker for a new peer, given the existing routers; undefined: none is running. */
  readonly findWorker: (routers: readonly RoomRouter[]) => MediaWorker | undefined;
  /** Notifies the edge of one peer. */
  readonly notify: (peer: Peer, notice: MediaNotice) => void;
  /** Notifies several edges. */
  readonly notifyEdges: (edgeIds: ReadonlySet<string>, notice: MediaNotice) => void;
  /** Notifies the nodes that follow this room. */
  readonly announce: (tracks: readonly AnnouncedTrack[], ended: readonly string[]) => void;
  /** Notifies them of the peers here from which no media arrives. */
  readonly silent: (trackIds: readonly string[]) => void;
  readonly speak: (speakers: readonly Speaker[]) => void;
  readonly outletClosed: (pipeId: string) => void;
  /** Called when residency has kept the room from another node. */
  readonly outside: () => void;
}

/**
 * How long reports of interrupted tracks to an edge are collected while its peers return, ms: each report
 * goes to everyone in the room.
 */
const TELL_ANEW_MS = 1_000;

/**
 * The peers of one room on this node, and the media they receive from one another and from the room's other
 * nodes.
 */
export class Room implements DownstreamRoom {
  readonly id: string;
  readonly peers = new Map<string, Peer>();
  /** In order of publishing. */
  readonly tracks: TrackBook<RoomTrack>;
  readonly pipes: RoomPipes;
  /** The tracks that are published here. */
  readonly published: RoomTracks;
  /** The other nodes that the room is on. */
  readonly nodes: RoomNodes;
  /** Peers that are being opened: the room is not empty while there is one. */
  entering = 0;
  readonly #options: RoomOptions;
  readonly #openings = new Map<MediaWorker, Promise<RoomRouter>>();
  /** Active speakers of all nodes, for the peers here; and those that publish here, for the other nodes. */
  readonly #heard: Speakers;
  readonly #heardHere: Speakers;
  /** Peers here that publish something, and from which no packets arrive. */
  readonly #silent = new Set<Peer>();
  #closed = false;
  /**
   * Edges that are still to be notified of interrupted tracks, the timer for it, and whether a track was ever
   * interrupted.
   */
  readonly #untold = new Set<string>();
  #telling: ReturnType<typeof setTimeout> | undefined;
  #wasInterrupted = false;
  /** Whether a peer was refused a consumer because too many tracks have not sent media yet. */
  #isWithholding = false;

  constructor(options: RoomOptions) {
    this.id = options.id;
    this.#options = options;
    this.tracks = new TrackBook((place) => this.#rankOf(place));
    const spaceOf = (trackId: string) => {
      const track = this.tracks.get(trackId);
      // Who whispers is known to few.
      return track === undefined || track.audience !== null ? undefined : track.space;
    };
    this.#heard = new Speakers(spaceOf, (bySpace) => this.#tellSpeakers(bySpace));
    this.#heardHere = new Speakers(spaceOf, (bySpace) => options.speak([...bySpace.values()].flat()));
    this.pipes = new RoomPipes({
      book: this.tracks,
      addresses: options.cascade.addresses,
      log: options.log,
      want: (trackId, user, layer) => this.published.want(trackId, user, layer),
      changed: (users) => this.#rematchEach(users),
      outletClosed: options.outletClosed,
    });
    this.published = new RoomTracks({
      book: this.tracks,
      pipes: this.pipes,
      failed: options.failed,
      began: () => this.#began(),
      announce: options.announce,
      changed: () => this.#matchAll(),
      demanded: (peer, trackId, layer) => this.#tellDemand(peer, trackId, layer),
    });
    this.nodes = new RoomNodes({
      roomId: options.id,
      address: options.address,
      cascade: options.cascade,
      book: this.tracks,
      pipes: this.pipes,
      heard: this.#heard,
      log: options.log,
      changed: () => this.#matchAll(),
      interrupted: () => this.#tellInterrupted(this.#edgeIds()),
      outside: options.outside,
    });
  }

  get closed(): boolean {
    return this.#closed;
  }

  get residency(): Residency {
    return this.nodes.residency;
  }

  /** Numbers of transports, producers and consumers that mediasoup holds for the room. */
  async count(): Promise<Held> {
    const counts = await Promise.all(this.pipes.routers.map((router) => router.count()));
    const sum = (of: keyof Held) => counts.reduce((total, count) => total + count[of], 0);
    return { transports: sum("transports"), producers: sum("producers"), consumers: sum("consumers") };
  }

  announced(): AnnouncedTrack[] {
    return this.published.announced();
  }

  /**
   * Opens a peer's transports and everything its first view shows, and receives what it published elsewhere.
   * Rejects if its capabilities are invalid or the worker died.
   */
  async enter(options: PeerOptions, tracks: readonly PublishedTrack[] = []): Promise<Peer> {
    const router = await this.#routerForNewcomer();
    const peer = await Peer.open(this, router, options);
    if (this.#closed || router.closed) {
      peer.close();
      throw new Error("the room was closed while a peer entered");
    }
    this.peers.set(peer.id, peer);
    router.addPeers(1);
    if (options.beside !== null) this.nodes.drains(options.beside);
    await Promise.all([peer.match(), this.published.foresee(peer, tracks)]);
    await this.pipes.settle(router, peer.id, FIRST_VIEW_WAIT_MS);
    await peer.match();
    return peer;
  }

  async #routerForNewcomer(): Promise<RoomRouter> {
    const { routers } = this.pipes;
    const worker = this.#options.findWorker(routers);
    if (worker === undefined) throw new Error("no worker runs");
    const router = routers.find((router) => router.worker === worker);
    if (router !== undefined) return router;
    let opening = this.#openings.get(worker);
    if (opening === undefined) {
      opening = this.#openRouter(worker).finally(() => this.#openings.delete(worker));
      this.#openings.set(worker, opening);
    }
    return await opening;
  }

  async #openRouter(worker: MediaWorker): Promise<RoomRouter> {
    const router = await RoomRouter.open(worker, (place, speakers) => {
      this.#heard.set(place, speakers);
      this.#heardHere.set(place, speakers);
    });
    if (this.#closed) {
      router.close();
      throw new Error("the room was closed while it opened");
    }
    this.pipes.routers.push(router);
    return router;
  }

  /**
   * Moves peers into a space (null: the main room): each gets the tracks of its space only, from the same
   * turn on. `may` says of which peers the caller decides.
   */
  move(peerIds: readonly string[], space: string | null, may: (peer: Peer) => boolean = () => true): void {
    const moved = peerIds.flatMap((id) => this.peers.get(id) ?? [])
      .filter((peer) => peer.space !== space && may(peer));
    if (moved.length === 0) return;
    for (const peer of moved) peer.moveTo(space);
    this.published.moved(moved);
  }

  /** Closes a peer and its tracks. */
  leave(peer: Peer): void {
    if (this.peers.get(peer.id) !== peer) return;
    this.peers.delete(peer.id);
    peer.router.addPeers(-1);
    const tracks = this.published.of(peer);
    peer.close();
    this.published.end(tracks);
    this.setSilent(peer, false);
  }

  /** Peers here that share a screen. */
  sharers(): Peer[] {
    return [...this.peers.values()].filter((peer) =>
      this.published.of(peer).some(({ source, muted }) => source === "screen" && !muted)
    );
  }

  /** A peer that knew nothing of the others is in the room now. */
  started(peer: Peer): void {
    this.#tellInterruptedAnew(peer.edgeId);
  }

  /** Sets whether no packets arrive from a peer that publishes something. */
  setSilent(peer: Peer, isSilent: boolean): void {
    if (isSilent === this.#silent.has(peer) || isSilent && this.peers.get(peer.id) !== peer) return;
    if (isSilent) this.#silent.add(peer);
    else this.#silent.delete(peer);
    this.#options.silent(this.silentHere());
    this.#tellInterrupted(this.#edgeIds());
  }

  /** Tracks published here from which no media arrives, except those that have moved to another node. */
  silentHere(): TrackId[] {
    const tracks = [...this.#silent].flatMap((peer) => this.published.of(peer));
    return tracks.filter(({ id, muted }) => !muted && this.tracks.get(id)?.origin.at === "here")
      .map(({ id }) => id as TrackId);
  }

  /** Tracks that are interrupted now: of other nodes, and of peers from which no media arrives. */
  get interrupted(): Pick<MediaNoticeOf<"room.interrupted">, "nodeIds" | "trackIds" | "silent"> {
    const silent = [...this.silentHere(), ...this.nodes.silent].slice(0, MAX_TOLD_TRACKS);
    return { ...this.nodes.interrupted, ...silent.length > 0 && { silent } };
  }

  /**
   * A draining node's own peers prefer its tracks, since the route is direct; other nodes use them only while
   * no other node has them.
   */
  #rankOf(place: string): number {
    if (place === HERE) return this.#options.isDraining() ? 1 : 0;
    return this.nodes.isDraining(place) ? -1 : 0;
  }

  #matchAll(): void {
    for (const peer of this.peers.values()) this.rematch(peer);
  }

  #rematchEach(peerIds: Iterable<string>): void {
    for (const peerId of peerIds) {
      const peer = this.peers.get(peerId);
      if (peer !== undefined) this.rematch(peer);
    }
  }

  rematch(peer: Peer): void {
    peer.match().catch((error: unknown) => {
      this.#options.failed();
      this.#options.log.error("peer.unmatched", { error });
    });
  }

  isFrom(trackId: string, nodeId: string): boolean {
    const origin = this.tracks.get(trackId)?.origin;
    return origin?.at === "node" && origin.upstream.nodeId === nodeId;
  }

  use(trackId: string, peer: Peer): types.Producer | undefined {
    const track = this.tracks.get(trackId);
    return track === undefined ? undefined : this.pipes.use(track, peer.router, peer.id);
  }

  unuse(trackId: string, peer: Peer): void {
    this.pipes.unuse(trackId, peer.router, peer.id);
  }

  want(trackId: string, peer: Peer, layer: number): void {
    this.pipes.want(this.tracks.get(trackId), trackId, peer.router, peer.id, layer);
  }

  changed(peer: Peer, opened: readonly ConsumerInfo[], closed: readonly string[]): void {
    if (this.peers.get(peer.id) !== peer) return;
    const ids = this.#ids(peer);
    if (closed.length > 0) {
      const trackIds = closed as TrackId[];
      this.#options.notify(peer, { type: "consumers.closed", ...ids, path: peer.sendId, trackIds });
    }
    for (let from = 0; from < opened.length; from += MAX_TOLD_CONSUMERS) {
      const consumers = opened.slice(from, from + MAX_TOLD_CONSUMERS);
      this.#options.notify(peer, { type: "consumers.opened", ...ids, path: peer.sendId, consumers });
    }
  }

  holdSilent({ origin, isOfTenant }: Peer): (() => void) | undefined {
    const release = this.#options.shares.holdSilent({ roomId: this.id, origin, isOfTenant });
    if (release === undefined) this.#isWithholding = true;
    return release;
  }

  mayGrow({ origin, isOfTenant }: Peer): boolean {
    return this.#options.shares.mayGrow({ roomId: this.id, origin, isOfTenant }, { onlyWhenFull: true });
  }

  /** A track has sent its first packet: peers that were refused consumers get them now. */
  #began(): void {
    if (!this.#isWithholding) return;
    this.#isWithholding = false;
    this.#matchAll();
  }

  unsendable(error: unknown): void {
    this.#options.failed();
    logSparsely(this.#options.log, "track.unsendable", {
      reason: error instanceof Error ? error.message : "",
    });
  }

  /**
   * Sends the current state to an edge that took over `peer`, since an earlier edge may have missed changes.
   */
  recount(peer: Peer): void {
    peer.missed = false;
    this.changed(peer, peer.consumers(), []);
    this.published.recount(peer);
    this.#tellInterruptedAnew(peer.edgeId);
  }

  /**
   * Notifies an edge of the interrupted tracks, even if there are none now: once for all of its peers that
   * return at the same time.
   */
  #tellInterruptedAnew(edgeId: string): void {
    if (!this.#wasInterrupted) return;
    this.#untold.add(edgeId);
    this.#telling ??= setTimeout(() => {
      this.#telling = undefined;
      this.#tellInterrupted(new Set(this.#untold));
      this.#untold.clear();
    }, TELL_ANEW_MS);
  }

  #tellDemand(peer: Peer, trackId: string, layer: number): void {
    this.#options.notify(peer, {
      type: "track.demand",
      ...this.#ids(peer),
      trackId: trackId as TrackId,
      layer,
    });
  }

  #tellSpeakers(bySpace: ReadonlyMap<string | null, Speaker[]>): void {
    for (const [space, speakers] of bySpace) {
      this.#options.notifyEdges(this.#edgeIds(space), {
        type: "speakers",
        roomId: this.id as RoomId,
        ...space !== null && { space: space as SpaceId },
        speakers,
      });
    }
  }

  #tellInterrupted(edgeIds: ReadonlySet<string>): void {
    this.#wasInterrupted = true;
    this.#options.notifyEdges(edgeIds, {
      type: "room.interrupted",
      roomId: this.id as RoomId,
      ...this.interrupted,
    });
  }

  /** The edges of the peers here, or of those in one space. */
  #edgeIds(space?: string | null): Set<string> {
    const peers = [...this.peers.values()].filter((peer) => space === undefined || peer.space === space);
    return new Set(peers.map(({ edgeId }) => edgeId));
  }

  #ids(peer: Peer): { roomId: RoomId; peerId: PeerId } {
    return { roomId: this.id as RoomId, peerId: peer.id as PeerId };
  }

  /** A worker died: removes its router and the peers whose transports it had, and returns those. */
  workerDied(worker: MediaWorker): Peer[] {
    const router = this.pipes.routers.find((router) => router.worker === worker);
    if (router === undefined) return [];
    const lost = [...this.peers.values()].filter((peer) => peer.router === router);
    for (const peer of lost) this.leave(peer);
    this.pipes.remove(router);
    this.#heard.set(router, []);
    this.#heardHere.set(router, []);
    this.#matchAll();
    return lost;
  }

  /** Closes the room and all its peers. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#telling);
    for (const peer of [...this.peers.values()]) this.leave(peer);
    this.nodes[Symbol.dispose]();
    this.#heard[Symbol.dispose]();
    this.#heardHere[Symbol.dispose]();
    this.pipes.close();
  }
}
