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
import type { FollowedRoom } from "./followers.ts";
import type { Log } from "./log.ts";
import { Peer, type PeerOptions } from "./peer.ts";
import { RoomNodes } from "./room_nodes.ts";
import { HERE, RoomPipes, type RoomTrack } from "./room_pipes.ts";
import { type Held, RoomRouter } from "./room_router.ts";
import { RoomTracks } from "./room_tracks.ts";
import type { Shares } from "./shares.ts";
import { type Speaker, Speakers } from "./speakers.ts";
import { TrackBook } from "./track_book.ts";
import type { MediaWorker } from "./worker_pool.ts";

/** How long a newcomer's first view waits for what is on its way from other workers and nodes, ms. What comes later comes by a notice. */
const FIRST_VIEW_WAIT_MS = 100;

/** Room ids and notices to edges, as branded in the protocol. */
type RoomId = MediaNoticeOf<"speakers">["roomId"];
type PeerId = MediaNoticeOf<"peer.closed">["peerId"];
type TrackId = MediaNoticeOf<"track.demand">["trackId"];

export interface RoomOptions {
  readonly id: string;
  /** This node. */
  readonly address: NodeAddress;
  readonly cascade: Cascade;
  readonly log: Log;
  readonly shares: Shares;
  /** mediasoup threw what it should not have. */
  readonly failed: () => void;
  /** Whether the people here are on their way to other nodes. */
  readonly isDraining: () => boolean;
  /** A worker for a newcomer, given the routers that there are; undefined: none runs. */
  readonly findWorker: (routers: readonly RoomRouter[]) => MediaWorker | undefined;
  /** Tells the edge of one peer. */
  readonly notify: (peer: Peer, notice: MediaNotice) => void;
  /** Tells each of some edges. */
  readonly notifyEdges: (edgeIds: ReadonlySet<string>, notice: MediaNotice) => void;
  /** Tells the nodes that follow this room. */
  readonly announce: (tracks: readonly AnnouncedTrack[], ended: readonly string[]) => void;
  /** Tells them whose people of here nothing comes of. */
  readonly silent: (trackIds: readonly string[]) => void;
  readonly speak: (speakers: readonly Speaker[]) => void;
  readonly outletClosed: (pipeId: string) => void;
  /** Residency has kept the room from another node. */
  readonly outside: () => void;
}

/** How long an edge whose people come back waits for what is interrupted, ms: it tells everybody of the room. */
const TELL_ANEW_MS = 1_000;

/** The people of one room on this node, and what they get from one another and from the room's other nodes. */
export class Room implements FollowedRoom {
  readonly id: string;
  readonly peers = new Map<string, Peer>();
  /** In order of publishing. */
  readonly tracks: TrackBook<RoomTrack>;
  readonly pipes: RoomPipes;
  /** Those that are published here. */
  readonly published: RoomTracks;
  /** The other nodes that it is on. */
  readonly nodes: RoomNodes;
  /** Openings under way: the room is not empty while there is one. */
  entering = 0;
  readonly #options: RoomOptions;
  readonly #openings = new Map<MediaWorker, Promise<RoomRouter>>();
  /** Who is heard of all, for the people here; and of those who publish here, for the other nodes. */
  readonly #heard: Speakers;
  readonly #heardHere: Speakers;
  /** Those here who share something, and of whom no packet comes. */
  readonly #silent = new Set<Peer>();
  #closed = false;
  /** Edges that are told anew what is interrupted, and when; and whether anything ever was. */
  readonly #untold = new Set<string>();
  #telling: ReturnType<typeof setTimeout> | undefined;
  #wasInterrupted = false;
  /** Somebody was not given a track, because too many have sent nothing yet. */
  #isWithholding = false;

  constructor(options: RoomOptions) {
    this.id = options.id;
    this.#options = options;
    this.tracks = new TrackBook((place) => this.#rankOf(place));
    this.#heard = new Speakers((speakers) => this.#tellSpeakers(speakers));
    this.#heardHere = new Speakers((speakers) => options.speak(speakers));
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
   * Opens a peer's transports and all that its first view shows, and receives what it published elsewhere. Rejects when its capabilities make no sense,
   * or the worker died.
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

  /** Ends a peer and its tracks. */
  leave(peer: Peer): void {
    if (this.peers.get(peer.id) !== peer) return;
    this.peers.delete(peer.id);
    peer.router.addPeers(-1);
    const tracks = this.published.of(peer);
    peer.close();
    this.published.end(tracks);
    this.setSilent(peer, false);
  }

  /** Who shows a screen from here. */
  sharers(): Peer[] {
    return [...this.peers.values()].filter((peer) =>
      this.published.of(peer).some(({ source, muted }) => source === "screen" && !muted)
    );
  }

  /** Somebody who was told nothing of the others is in the room now. */
  started(peer: Peer): void {
    this.#tellInterruptedAnew(peer.edgeId);
  }

  /** Whether nothing comes from somebody who shares something. */
  setSilent(peer: Peer, isSilent: boolean): void {
    if (isSilent === this.#silent.has(peer) || isSilent && this.peers.get(peer.id) !== peer) return;
    if (isSilent) this.#silent.add(peer);
    else this.#silent.delete(peer);
    this.#options.silent(this.silentHere());
    this.#tellInterrupted(this.#edgeIds());
  }

  /** What people here share of whom nothing comes; without what has come to another node meanwhile. */
  silentHere(): TrackId[] {
    const tracks = [...this.#silent].flatMap((peer) => this.published.of(peer));
    return tracks.filter(({ id, muted }) => !muted && this.tracks.get(id)?.origin.at === "here")
      .map(({ id }) => id as TrackId);
  }

  /** Tracks that do not get through now: of other nodes, and of people of whom nothing comes. */
  get interrupted(): Pick<MediaNoticeOf<"room.interrupted">, "nodeIds" | "trackIds" | "silent"> {
    const silent = [...this.silentHere(), ...this.nodes.silent].slice(0, MAX_TOLD_TRACKS);
    return { ...this.nodes.interrupted, ...silent.length > 0 && { silent } };
  }

  /** What a node that drains has goes to those who are on it without a detour, and to others only while nobody else has it. */
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
      this.#options.log("error", "peer.unmatched", { error });
    });
  }

  isFrom(trackId: string, nodeId: string): boolean {
    const origin = this.tracks.get(trackId)?.origin;
    return origin?.at === "node" && origin.follow.nodeId === nodeId;
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

  holdSilent({ origin, isOfHouse }: Peer): (() => void) | undefined {
    const release = this.#options.shares.holdSilent({ roomId: this.id, origin, isOfHouse });
    if (release === undefined) this.#isWithholding = true;
    return release;
  }

  mayGrow({ origin, isOfHouse }: Peer): boolean {
    return this.#options.shares.mayGrow({ roomId: this.id, origin, isOfHouse }, { onlyWhenFull: true });
  }

  /** A track sends its first packet: who was not given it, gets it now. */
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

  /** Tells an edge that took `peer` over what another may have missed. */
  recount(peer: Peer): void {
    peer.missed = false;
    this.changed(peer, peer.consumers(), []);
    this.published.recount(peer);
    this.#tellInterruptedAnew(peer.edgeId);
  }

  /** Tells an edge what is interrupted, or that nothing is any more: once for all of its people who come back at the same time. */
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

  #tellSpeakers(speakers: Speaker[]): void {
    this.#options.notifyEdges(this.#edgeIds(), { type: "speakers", roomId: this.id as RoomId, speakers });
  }

  #tellInterrupted(edgeIds: ReadonlySet<string>): void {
    this.#wasInterrupted = true;
    this.#options.notifyEdges(edgeIds, {
      type: "room.interrupted",
      roomId: this.id as RoomId,
      ...this.interrupted,
    });
  }

  #edgeIds(): Set<string> {
    return new Set([...this.peers.values()].map(({ edgeId }) => edgeId));
  }

  #ids(peer: Peer): { roomId: RoomId; peerId: PeerId } {
    return { roomId: this.id as RoomId, peerId: peer.id as PeerId };
  }

  /** A worker died: its router is gone, with those whose transports it had. They are given. */
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

  /** Ends the room and everyone in it. */
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
