import type { RoomId } from "@tafelrunde/protocol";
import {
  isInside,
  type MediaAnswers,
  type MediaNoticeOf,
  type MediaRefusal,
  type MediaRequest,
  type MediaRequestOf,
  type NodeProfile,
  type PeersReport,
  type Placement,
  REPORTED_PEERS,
  type ReportedPeer,
} from "@tafelrunde/protocol/media";
import { readRtpCapabilities } from "@tafelrunde/protocol/rtp";
import { type Admission, CONSUMERS_PER_NEWCOMER } from "./admission.ts";
import type { Cascade } from "./cascade.ts";
import type { Edges } from "./edges.ts";
import { Followers } from "./followers.ts";
import { guarded } from "./faults.ts";
import type { Log } from "./log.ts";
import { type Peer, UnfitOffer } from "./peer.ts";
import { Room } from "./room.ts";
import type { RoomRouter } from "./room_router.ts";
import { Places } from "./places.ts";
import { Shares, type Use } from "./shares.ts";
import { Turns } from "./turns.ts";
import type { MediaWorker, WorkerPool } from "./worker_pool.ts";

export interface MediaNodeOptions {
  readonly profile: NodeProfile;
  readonly admission: Admission;
  readonly orphanTtlMs: number;
  readonly lobbyTtlMs: number;
  /** Tracks on their way to people that one worker bears well. */
  readonly workerConsumers: number;
  readonly edges: Edges;
  readonly cascade: Cascade;
  /** It begins to drain. */
  readonly stateChanged: () => void;
  readonly log: Log;
}

/** How a request went. */
export type Outcome = { readonly ok: MediaAnswers[MediaRequest["type"]] } | {
  readonly refused: MediaRefusal;
};

/** How long somebody who comes waits for a worker that is being started, ms: that takes about 300, and an edge waits 5 s for the answer. */
const WORKER_WAIT_MS = 2_000;

/** What somebody counts who is sent nothing, consumers: two transports take about as much memory. */
const PEER_WEIGHT = 2;

/** Requests that have workers make something: a person who comes may be sent everything that there is. */
const MAKING: ReadonlySet<string> = new Set<PeerRequest["type"]>([
  "peer.open",
  "peer.start",
  "track.publish",
  "view.set",
  "track.refresh",
]);

/** How many of them are carried out at once for one network; on a node with more workers, as many as those. */
export const MAKING_AT_ONCE = 2;

/** Edge of a peer that none has a say in. */
const NO_EDGE = "";

const DONE: Outcome = { ok: null };

/** Requests about one person. */
type PeerRequest = Extract<MediaRequest, { peerId: string }>;

/** The rooms of one node, and what edges may ask of them. Requests about one person are carried out one after another. */
export class MediaNode implements Disposable {
  readonly #options: MediaNodeOptions;
  readonly #rooms = new Map<string, Room>();
  readonly #followers: Followers;
  readonly #shares: Shares;
  readonly #turns = new Turns();
  readonly #places = new Places(() => Math.max(MAKING_AT_ONCE, this.#pool?.workers.length ?? 0));
  readonly #sweep: ReturnType<typeof setInterval>;
  readonly #drained = Promise.withResolvers<void>();
  #drainUntil = Infinity;
  #outside = 0;
  #unseen = 0;
  readonly #refused = new Map<string, number>();
  #pool: WorkerPool | undefined;

  constructor(options: MediaNodeOptions) {
    this.#options = options;
    this.#shares = new Shares(
      options.workerConsumers * options.profile.capacity.workers,
      () => this.#uses(),
    );
    this.#followers = new Followers({
      address: options.profile.address,
      findRoom: (roomId) => this.#rooms.get(roomId),
      outside: () => {
        this.#outside += 1;
      },
      log: options.log,
    });
    const sweepMs = Math.max(10, Math.min(1000, options.orphanTtlMs / 4, options.lobbyTtlMs / 4));
    this.#sweep = setInterval(guarded(options.log, "timer", () => this.#closeExpired()), sweepMs);
  }

  /** Sets the workers that rooms are opened on; until then nobody is taken. */
  useWorkers(pool: WorkerPool): void {
    this.#pool = pool;
  }

  /** Consumers of tracks that have never sent a packet. */
  get silent(): number {
    return this.#shares.silent;
  }

  *#uses(): Iterable<Use> {
    for (const { id: roomId, peers } of this.#rooms.values()) {
      for (const { origin, isOfHouse, subscriptions } of peers.values()) {
        yield { roomId, origin, isOfHouse, weight: PEER_WEIGHT + subscriptions };
      }
    }
  }

  /** The nodes that want tracks of this one. */
  get followers(): Followers {
    return this.#followers;
  }

  get rooms(): ReadonlyMap<string, Room> {
    return this.#rooms;
  }

  /** How often residency has refused something. */
  get outside(): number {
    return this.#outside;
  }

  /** How many peers were closed because nobody of the room could see that they were there. */
  get unseen(): number {
    return this.#unseen;
  }

  peers(): Peer[] {
    return [...this.#rooms.values()].flatMap((room) => [...room.peers.values()]);
  }

  /** How often each refusal was given since the start. */
  get refused(): ReadonlyMap<string, number> {
    return this.#refused;
  }

  /** Carries out one request of an edge. Never rejects. */
  async handle(edgeId: string, request: MediaRequest): Promise<Outcome> {
    const outcome = await this.#try(edgeId, request);
    if ("refused" in outcome) {
      this.#refused.set(outcome.refused, (this.#refused.get(outcome.refused) ?? 0) + 1);
    }
    return outcome;
  }

  async #try(edgeId: string, request: MediaRequest): Promise<Outcome> {
    try {
      switch (request.type) {
        case "node.drain":
          this.drain(request.deadlineMs);
          return DONE;
        case "peers.report":
          return { ok: this.#report(edgeId, request.after) };
        case "room.place":
          return this.#place(request.roomId, request.placement) ? DONE : { refused: "node.outside" };
        default: {
          const act = () => this.#handle(edgeId, request);
          const turn = this.#turns.take(
            `${request.roomId}/${request.peerId}`,
            () => MAKING.has(request.type) ? this.#places.run(this.#sharerOf(request), act) : act(),
          );
          return await (turn ?? { refused: "node.failed" });
        }
      }
    } catch (error) {
      this.#pool?.check();
      this.#options.log("error", "request.failed", { request: request.type, error });
      return { refused: "node.failed" };
    }
  }

  /** Whose work it is: that of the network that somebody comes from, or of their room where the edge does not say. */
  #sharerOf(request: PeerRequest): string {
    const origin = request.type === "peer.open"
      ? request.origin
      : this.#rooms.get(request.roomId)?.peers.get(request.peerId)?.origin;
    return origin ?? request.roomId;
  }

  async #handle(edgeId: string, request: PeerRequest): Promise<Outcome> {
    if (request.type === "peer.open") return await this.#open(edgeId, request);
    const room = this.#rooms.get(request.roomId);
    const peer = room?.peers.get(request.peerId);
    if (room === undefined || peer === undefined) {
      const isGone = request.type === "peer.close" || request.type === "peer.release";
      return isGone ? DONE : { refused: "peer.unknown" };
    }
    switch (request.type) {
      case "peer.start":
        await peer.start();
        return DONE;
      case "peer.adopt":
        if (request.sendId !== null && request.sendId !== peer.sendId) return { refused: "peer.unknown" };
        if (peer.live && !request.live) {
          this.#leave(room, peer);
          return { refused: "peer.unknown" };
        }
        this.#adopt(room, peer, edgeId);
        return DONE;
      case "peer.release":
        if (peer.edgeId !== edgeId) return DONE;
        peer.edgeId = NO_EDGE;
        peer.orphanedAt = performance.now();
        return DONE;
      case "peer.close":
        if (!this.#hasSay(edgeId, peer)) return DONE;
        if (request.unseen && peer.live) this.#countUnseen();
        this.#leave(room, peer);
        return DONE;
      case "track.publish": {
        if (!peer.live) return { refused: "peer.notStarted" };
        const { origin, isOfHouse } = peer;
        if (
          !room.published.has(request.trackId) &&
          !this.#shares.mayGrow({ roomId: room.id, origin, isOfHouse })
        ) return { refused: "share.spent" };
        const result = await room.published.publish(peer, request);
        return result === "published" ? DONE : { refused: result };
      }
      case "track.mute": {
        return await room.published.mute(peer, request.trackId, request.muted)
          ? DONE
          : { refused: "track.unknown" };
      }
      case "track.close":
        room.published.unpublish(peer, request.trackId);
        return DONE;
      case "view.set":
        await peer.setView(request.tracks);
        return DONE;
      case "track.refresh":
        return await peer.refresh(request.trackId) ? DONE : { refused: "track.unknown" };
      case "peer.check":
        return { ok: { sentBytes: await peer.sentBytes() } };
      case "transport.restart":
        if ((request.path ?? peer.sendId) !== peer.sendId) return { refused: "peer.unknown" };
        return { ok: { path: peer.sendId, iceParameters: await peer.restart(request.direction) } };
      default:
        return request satisfies never;
    }
  }

  /** An edge that lost a peer to another has no say any more, unless that other is gone. */
  #hasSay(edgeId: string, peer: Peer): boolean {
    return peer.edgeId === edgeId || !this.#options.edges.has(peer.edgeId);
  }

  #report(edgeId: string, after: number): PeersReport {
    const due = [...this.#rooms.values()]
      .flatMap((room) => [...room.peers.values()].map((peer) => ({ room, peer })))
      .filter(({ peer }) => peer.number > after && this.#hasSay(edgeId, peer))
      .sort((one, other) => one.peer.number - other.peer.number);
    const told = due.slice(0, REPORTED_PEERS);
    return {
      peers: told.map(({ room, peer }) => ({
        roomId: room.id as RoomId,
        peerId: peer.id as ReportedPeer["peerId"],
        sendId: peer.sendId,
        live: peer.live,
        mine: peer.edgeId === edgeId,
        receives: peer.receives,
        tracks: room.published.of(peer).map(({ id, muted }) => ({
          trackId: id as ReportedPeer["tracks"][number]["trackId"],
          muted,
        })),
      })),
      next: due.length > told.length ? told.at(-1)!.peer.number : null,
    };
  }

  /** Somebody had live media whom the log of their room does not have. */
  #countUnseen(): void {
    this.#unseen += 1;
    this.#options.log("error", "peer.unseen");
  }

  async #open(
    edgeId: string,
    request: MediaRequestOf<"peer.open">,
  ): Promise<Outcome> {
    const { roomId, peerId, placement, offer, live, blind, beside, videos, origin, isOfHouse, tracks } =
      request;
    if (!this.#place(roomId, placement)) return { refused: "node.outside" };
    const known = this.#rooms.get(roomId);
    const before = known?.peers.get(peerId);
    // What was prepared for who might know of the others, or be heard, is not for who may not.
    if (known !== undefined && before?.isFor(offer) && before.mayStay({ live, blind })) {
      before.edgeId = edgeId;
      before.orphanedAt = undefined;
      if (live && !before.live) await before.start();
      return this.#describe(known, before);
    }
    const { admission, profile: { capacity } } = this.#options;
    if (admission.state === "draining") return { refused: "node.draining" };
    if (before === undefined && (admission.state === "full" || this.peers().length >= capacity.peers)) {
      return { refused: "node.full" };
    }
    if (before === undefined && !this.#shares.mayGrow({ roomId, origin, isOfHouse })) {
      return { refused: "share.spent" };
    }
    const given = readRtpCapabilities(offer.capabilities);
    if (given === undefined) return { refused: "offer.invalid" };
    if (this.#pool !== undefined && !await this.#pool.hasWorker(WORKER_WAIT_MS)) {
      return { refused: "node.full" };
    }
    const room = this.#enter(roomId);
    room.nodes.place(placement);
    try {
      const replaced = room.peers.get(peerId);
      if (replaced !== undefined) room.leave(replaced);
      const fit = { ...offer, capabilities: given };
      const peer = await room.enter({
        id: peerId,
        offer: fit,
        live,
        blind,
        beside,
        videos,
        edgeId,
        origin,
        isOfHouse,
      }, live ? tracks : []);
      if (peer.closed) return { refused: "node.failed" };
      if (!this.#options.edges.has(edgeId)) peer.orphanedAt = performance.now();
      return this.#describe(room, peer);
    } catch (error) {
      if (error instanceof UnfitOffer) return { refused: "offer.invalid" };
      throw error;
    } finally {
      room.entering -= 1;
      this.#closeIfEmpty(room);
    }
  }

  #describe({ nodes }: Room, peer: Peer): Outcome {
    const { trackIds: interrupted } = nodes.interrupted;
    return {
      ok: {
        nodeId: this.#options.profile.address.nodeId,
        ...peer.describe(),
        ...interrupted.length > 0 && { interrupted },
      },
    };
  }

  /** The room, opened if need be, that the caller is entering. */
  #enter(roomId: string): Room {
    let room = this.#rooms.get(roomId);
    if (room === undefined) {
      room = this.#openRoom(roomId);
      this.#rooms.set(roomId, room);
    }
    room.entering += 1;
    return room;
  }

  #openRoom(roomId: string): Room {
    const { edges, log, cascade, profile: { address } } = this.#options;
    return new Room({
      id: roomId,
      address,
      cascade,
      log,
      shares: this.#shares,
      failed: () => this.#pool?.check(),
      isDraining: () => this.#options.admission.state === "draining",
      findWorker: (routers) => this.#findWorker(routers),
      notify: (peer, notice) => {
        if (!edges.notify(peer.edgeId, notice)) peer.missed = true;
      },
      notifyEdges: (edgeIds, notice) => edges.notifyEach(edgeIds, notice),
      announce: (tracks, ended) => this.#followers.announce(roomId, tracks, ended),
      speak: (speakers) => this.#followers.speak(roomId, speakers),
      outletClosed: (pipeId) => this.#followers.outletClosed(pipeId),
      outside: () => {
        this.#outside += 1;
      },
    });
  }

  /** A worker for someone who enters a room: one that the room is on already, unless those have enough to do and another is idler. */
  #findWorker(routers: readonly RoomRouter[]): MediaWorker | undefined {
    const own = leastBusy(routers.map(({ worker }) => worker));
    if (own !== undefined && busyness(own) + CONSUMERS_PER_NEWCOMER <= this.#options.workerConsumers) {
      return own;
    }
    const any = leastBusy(this.#pool?.workers ?? []);
    return own === undefined || (any !== undefined && busyness(any) < busyness(own) / 2) ? any : own;
  }

  #adopt(room: Room, peer: Peer, edgeId: string): void {
    peer.edgeId = edgeId;
    peer.orphanedAt = undefined;
    room.recount(peer);
  }

  #leave(room: Room, peer: Peer): void {
    room.leave(peer);
    this.#closeIfEmpty(room);
  }

  #closeIfEmpty(room: Room): void {
    if (room.peers.size > 0 || room.entering > 0) return;
    room.close();
    if (this.#rooms.get(room.id) === room) this.#rooms.delete(room.id);
  }

  /** An edge is connected (again): its peers are no orphans, and hear what they missed. */
  edgeConnected(edgeId: string): void {
    for (const room of this.#rooms.values()) {
      for (const peer of room.peers.values()) {
        if (peer.edgeId !== edgeId) continue;
        peer.orphanedAt = undefined;
        if (peer.missed) room.recount(peer);
      }
    }
  }

  /** An edge is gone; its peers live on for a while. */
  edgeLost(edgeId: string): void {
    const now = performance.now();
    for (const peer of this.peers()) if (peer.edgeId === edgeId) peer.orphanedAt = now;
  }

  /** A worker died and took those along whose transports it had. */
  workerDied(worker: MediaWorker): void {
    for (const room of this.#rooms.values()) {
      for (const peer of room.workerDied(worker)) this.#tellClosed(room, peer, "failed");
      this.#closeIfEmpty(room);
    }
  }

  /** Takes a room's placement; false when the room may not be here: those who are, are closed then. */
  #place(roomId: string, placement: Placement): boolean {
    const { profile: { address }, log } = this.#options;
    const room = this.#rooms.get(roomId);
    if (room !== undefined && placement.version < room.nodes.version) return true;
    if (isInside(address, placement.residency)) {
      room?.nodes.place(placement);
      this.#followers.confine(roomId);
      return true;
    }
    this.#outside += 1;
    log("warn", "residency.refused", { what: "peer" });
    if (room === undefined) return false;
    for (const peer of [...room.peers.values()]) {
      this.#leave(room, peer);
      this.#tellClosed(room, peer, "outside");
    }
    return false;
  }

  #closeExpired(): void {
    this.#checkDrained();
    const { orphanTtlMs, lobbyTtlMs } = this.#options;
    const now = performance.now();
    for (const room of this.#rooms.values()) {
      for (const peer of room.peers.values()) {
        const orphaned = peer.orphanedAt !== undefined && now - peer.orphanedAt >= orphanTtlMs;
        const waited = !peer.live && now - peer.openedAt >= lobbyTtlMs;
        if (!orphaned && !waited) continue;
        this.#leave(room, peer);
        this.#tellClosed(room, peer, orphaned ? "orphaned" : "waited");
      }
    }
  }

  #tellClosed(room: Room, peer: Peer, why: MediaNoticeOf<"peer.closed">["why"]): void {
    const peerId = peer.id as MediaNoticeOf<"peer.closed">["peerId"];
    this.#options.edges.notify(peer.edgeId, {
      type: "peer.closed",
      roomId: room.id as RoomId,
      peerId,
      why,
    });
  }

  /** Takes nobody any more; `onDrained` is called when all have gone or after `deadlineMs`. The first deadline counts. */
  drain(deadlineMs: number): void {
    const { admission, log } = this.#options;
    if (admission.state === "draining") return;
    admission.drain();
    this.#drainUntil = performance.now() + deadlineMs;
    log("info", "draining", { deadlineMs, peers: this.peers().length });
    this.#options.stateChanged();
    this.#checkDrained();
  }

  #checkDrained(): void {
    if (this.#options.admission.state !== "draining") return;
    const isOver = [...this.#rooms.values()].every(({ entering, peers }) => entering + peers.size === 0);
    if (isOver || performance.now() >= this.#drainUntil) this.#drained.resolve();
  }

  /** Resolves when a node that drains has nobody left, or its time is over. */
  get drained(): Promise<void> {
    return this.#drained.promise;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#sweep);
    for (const room of this.#rooms.values()) {
      for (const peer of room.peers.values()) this.#tellClosed(room, peer, "drained");
    }
    for (const room of this.#rooms.values()) room.close();
    this.#rooms.clear();
    this.#followers[Symbol.dispose]();
  }
}

/** What a worker has to do: tracks on their way to people, and something for those who are sent nothing yet. */
function busyness({ consumers, peers }: MediaWorker): number {
  return consumers + peers;
}

function leastBusy(workers: readonly MediaWorker[]): MediaWorker | undefined {
  return [...workers].sort((one, other) => busyness(one) - busyness(other))[0];
}
