import type {
  MediaAnswers,
  MediaRefusal,
  MediaRequest,
  MediaRequestOf,
  NodeProfile,
  PeersReport,
} from "@tafelrunde/protocol/media";
import { readRtpCapabilities } from "@tafelrunde/protocol/rtp";
import type { Admission } from "./admission.ts";
import type { Cascade } from "./cascade.ts";
import type { Edges } from "./edges.ts";
import { guarded } from "@tafelrunde/protocol/process/faults";
import type { Downstream } from "./downstream.ts";
import type { Log } from "@tafelrunde/protocol/process/log";
import { LatestViews } from "./latest_views.ts";
import { NodeRooms } from "./node_rooms.ts";
import { type Peer, UnfitOffer } from "./peer.ts";
import { reportPeers } from "./peers_report.ts";
import { PACED } from "./pace.ts";
import { Places } from "@tafelrunde/protocol/process/places";
import type { Room } from "./room.ts";
import { SerialQueues } from "@tafelrunde/protocol/process/serial_queue";
import type { MediaWorker, WorkerPool } from "./worker_pool.ts";

export interface MediaNodeOptions {
  readonly profile: NodeProfile;
  readonly admission: Admission;
  readonly orphanTtlMs: number;
  readonly lobbyTtlMs: number;
  /** Consumers that one worker can carry. */
  readonly workerConsumers: number;
  readonly edges: Edges;
  readonly cascade: Cascade;
  /** Called when the node begins to drain. */
  readonly stateChanged: () => void;
  readonly log: Log;
}

/** The result of a request. */
export type MediaOutcome = { readonly ok: MediaAnswers[MediaRequest["type"]] } | {
  readonly refused: MediaRefusal;
};

/**
 * How long a new peer waits for a worker that is starting, ms: a start takes about 300, and an edge waits 5 s
 * for the response.
 */
const WORKER_WAIT_MS = 2_000;

/** Requests that make workers create objects: a new peer can be sent every track there is. */
const MAKING: ReadonlySet<string> = new Set<PeerRequest["type"]>([
  "peer.open",
  "peer.start",
  "track.publish",
  "view.set",
  "track.refresh",
  "transport.restart",
  "peer.check",
]);

/** Requests whose result does not depend on their order relative to view requests. */
const BESIDE_VIEWS: ReadonlySet<string> = new Set<PeerRequest["type"]>([
  "track.refresh",
  "transport.restart",
  "peer.check",
]);

/**
 * How many of these requests run concurrently per network; on a node with more workers, as many as it has
 * workers.
 */
export const MAKING_AT_ONCE = 2;

/**
 * How long such a request occupies its place, and is charged, ms: one that waits for another node or for a
 * worker occupies none.
 */
export const MAKING_MS = 50;

/** Requests about one participant that can run or wait. */
const MAX_QUEUED = 100;

/** Edge id of a peer that no edge owns. */
const NO_EDGE = "";

const DONE: MediaOutcome = { ok: null };

/** Requests about one participant. */
type PeerRequest = Extract<MediaRequest, { peerId: string }>;

/**
 * The rooms of one node, and the requests that edges can make. Requests about one participant run one after
 * another.
 */
export class MediaNode implements Disposable {
  readonly #options: MediaNodeOptions;
  readonly #rooms: NodeRooms;
  readonly #queues = new SerialQueues(MAX_QUEUED);
  readonly #views = new LatestViews<MediaOutcome>();
  readonly #places = new Places({
    perKey: () => Math.max(MAKING_AT_ONCE, this.#rooms.pool?.workers.length ?? 0),
    placeMs: MAKING_MS,
  });
  readonly #sweep: ReturnType<typeof setInterval>;
  readonly #drained = Promise.withResolvers<void>();
  #drainUntil = Infinity;
  #unseen = 0;
  readonly #refused = new Map<string, number>();

  constructor(options: MediaNodeOptions) {
    this.#options = options;
    const { profile: { address, capacity: { workers } }, admission } = options;
    this.#rooms = new NodeRooms({
      ...options,
      address,
      workers,
      isDraining: () => admission.state === "draining",
    });
    const sweepMs = Math.max(10, Math.min(1000, options.orphanTtlMs / 4, options.lobbyTtlMs / 4));
    this.#sweep = setInterval(guarded(options.log, "job", () => this.#closeExpired()), sweepMs);
  }

  /** Sets the workers that rooms use; until then no peer is accepted. */
  useWorkers(pool: WorkerPool): void {
    this.#rooms.useWorkers(pool);
  }

  /** Consumers of tracks that have never sent a packet. */
  get silent(): number {
    return this.#rooms.shares.silent;
  }

  /** The nodes that want tracks of this one. */
  get downstream(): Downstream {
    return this.#rooms.downstream;
  }

  get rooms(): ReadonlyMap<string, Room> {
    return this.#rooms.all;
  }

  /** How often residency has refused something. */
  get outside(): number {
    return this.#rooms.outside;
  }

  /** How many peers were closed because they were not visible to anyone in the room. */
  get unseen(): number {
    return this.#unseen;
  }

  peers(): Peer[] {
    return this.#rooms.peers();
  }

  /** How often each refusal code was returned since the start. */
  get refused(): ReadonlyMap<string, number> {
    return this.#refused;
  }

  /** Carries out one request of an edge. Never rejects. */
  async handle(edgeId: string, request: MediaRequest): Promise<MediaOutcome> {
    const outcome = await this.#try(edgeId, request);
    if ("refused" in outcome) {
      this.#refused.set(outcome.refused, (this.#refused.get(outcome.refused) ?? 0) + 1);
    }
    return outcome;
  }

  async #try(edgeId: string, request: MediaRequest): Promise<MediaOutcome> {
    try {
      switch (request.type) {
        case "node.drain":
          this.drain(request.deadlineMs);
          return DONE;
        case "peers.report":
          return { ok: this.#report(edgeId, request.after) };
        case "peers.move":
          this.rooms.get(request.roomId)?.move(
            request.peerIds,
            request.space,
            (peer) => this.#hasSay(edgeId, peer),
          );
          return DONE;
        case "room.place":
          return this.#rooms.place(request.roomId, request.placement) ? DONE : { refused: "node.outside" };
        default: {
          if (PACED.has(request.type) && !this.#takePace(request)) return { refused: "share.spent" };
          return await (this.#inTurn(edgeId, request) ?? { refused: "node.failed" });
        }
      }
    } catch (error) {
      this.#rooms.pool?.check();
      this.#options.log.error("request.failed", { request: request.type, error });
      return { refused: "node.failed" };
    }
  }

  /**
   * Runs the request after the earlier requests about the same participant. Undefined: too many are queued.
   */
  #inTurn(edgeId: string, request: PeerRequest): Promise<MediaOutcome> | undefined {
    const key = `${request.roomId}/${request.peerId}`;
    const queue = (begin: () => PeerRequest) => {
      const act = () => this.#handle(edgeId, begin());
      return this.#queues.run(
        key,
        () => MAKING.has(request.type) ? this.#places.run(this.#sharerOf(request), act) : act(),
      );
    };
    if (request.type === "view.set") return this.#views.take(key, request, queue);
    if (!BESIDE_VIEWS.has(request.type)) this.#views.close(key);
    return queue(() => request);
  }

  #takePace({ roomId, peerId }: PeerRequest): boolean {
    const waitMs = this.rooms.get(roomId)?.peers.get(peerId)?.pace.take(performance.now());
    return (waitMs ?? 0) === 0;
  }

  /**
   * The key that the work is accounted to: the participant's network, or the room if the edge does not send
   * it.
   */
  #sharerOf(request: PeerRequest): string {
    const origin = request.type === "peer.open"
      ? request.origin
      : this.rooms.get(request.roomId)?.peers.get(request.peerId)?.origin;
    return origin ?? request.roomId;
  }

  async #handle(edgeId: string, request: PeerRequest): Promise<MediaOutcome> {
    if (request.type === "peer.open") return await this.#open(edgeId, request);
    const room = this.rooms.get(request.roomId);
    const peer = room?.peers.get(request.peerId);
    if (room === undefined || peer === undefined) {
      const isGone = request.type === "peer.close" || request.type === "peer.release";
      return isGone ? DONE : { refused: "peer.unknown" };
    }
    switch (request.type) {
      case "peer.start":
        await this.#start(room, peer);
        return DONE;
      case "peer.adopt":
        if (request.sendId !== null && request.sendId !== peer.sendId) return { refused: "peer.unknown" };
        if (peer.live && !request.live) {
          this.#rooms.leave(room, peer);
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
        this.#rooms.leave(room, peer);
        return DONE;
      case "track.publish": {
        if (!peer.live) return { refused: "peer.notStarted" };
        const { origin, isOfTenant } = peer;
        if (
          !room.published.has(request.trackId) &&
          !this.#rooms.shares.mayGrow({ roomId: room.id, origin, isOfTenant })
        ) return { refused: "share.spent" };
        const result = await room.published.publish(peer, request);
        return result === "published" ? DONE : { refused: result };
      }
      case "track.mute": {
        return await room.published.mute(peer, request.trackId, request.muted)
          ? DONE
          : { refused: "track.unknown" };
      }
      case "track.audience":
        return room.published.address(peer, request.trackId, request.audience)
          ? DONE
          : { refused: "track.unknown" };
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

  /** An edge that lost a peer to another edge no longer controls it, unless that other edge is gone. */
  #hasSay(edgeId: string, peer: Peer): boolean {
    return peer.edgeId === edgeId || !this.#options.edges.has(peer.edgeId);
  }

  #report(edgeId: string, after: number): PeersReport {
    return reportPeers(this.rooms.values(), { edgeId, after, hasSay: (peer) => this.#hasSay(edgeId, peer) });
  }

  /** Counts a participant with live media who is missing from the room's log. */
  #countUnseen(): void {
    this.#unseen += 1;
    this.#options.log.error("peer.unseen");
  }

  async #open(
    edgeId: string,
    request: MediaRequestOf<"peer.open">,
  ): Promise<MediaOutcome> {
    const { roomId, peerId, placement, offer, live, blind, beside, videos, origin, isOfTenant, tracks } =
      request;
    const { space = null } = request;
    if (!this.#rooms.place(roomId, placement)) return { refused: "node.outside" };
    const known = this.rooms.get(roomId);
    const before = known?.peers.get(peerId);
    // Media prepared for a client that could learn of the others, or be heard, must not be reused for one
    // that is not allowed to.
    if (known !== undefined && before?.isFor(offer) && before.mayStay({ live, blind })) {
      before.edgeId = edgeId;
      before.orphanedAt = undefined;
      known.move([peerId], space);
      if (live && !before.live) await this.#start(known, before);
      return this.#describe(known, before);
    }
    const { admission, profile: { capacity } } = this.#options;
    if (admission.state === "draining") return { refused: "node.draining" };
    if (before === undefined && (admission.state === "full" || this.peers().length >= capacity.peers)) {
      return { refused: "node.full" };
    }
    if (before === undefined && !this.#rooms.shares.mayGrow({ roomId, origin, isOfTenant })) {
      return { refused: "share.spent" };
    }
    const given = readRtpCapabilities(offer.capabilities);
    if (given === undefined) return { refused: "offer.invalid" };
    if (this.#rooms.pool !== undefined && !await this.#rooms.pool.hasWorker(WORKER_WAIT_MS)) {
      return { refused: "node.full" };
    }
    const room = this.#rooms.enter(roomId);
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
        isOfTenant,
        space,
      }, live ? tracks : []);
      if (peer.closed) return { refused: "node.failed" };
      if (!this.#options.edges.has(edgeId)) peer.orphanedAt = performance.now();
      return this.#describe(room, peer);
    } catch (error) {
      if (error instanceof UnfitOffer) return { refused: "offer.invalid" };
      throw error;
    } finally {
      room.entering -= 1;
      this.#rooms.closeIfEmpty(room);
    }
  }

  #describe(room: Room, peer: Peer): MediaOutcome {
    // A client that must not know of the others receives none of their tracks.
    const mayKnow = peer.live || !peer.blind;
    const { trackIds: interrupted, silent } = mayKnow
      ? room.interrupted
      : { trackIds: [], silent: undefined };
    return {
      ok: {
        nodeId: this.#options.profile.address.nodeId,
        ...peer.describe(),
        ...interrupted.length > 0 && { interrupted },
        ...silent !== undefined && { silent },
      },
    };
  }

  async #start(room: Room, peer: Peer): Promise<void> {
    const knewNothing = peer.blind && !peer.live;
    await peer.start();
    if (knewNothing) room.started(peer);
  }

  #adopt(room: Room, peer: Peer, edgeId: string): void {
    peer.edgeId = edgeId;
    peer.orphanedAt = undefined;
    room.recount(peer);
  }

  /** An edge has (re)connected: its peers are no longer orphans, and it receives the updates it missed. */
  edgeConnected(edgeId: string): void {
    for (const room of this.rooms.values()) {
      for (const peer of room.peers.values()) {
        if (peer.edgeId !== edgeId) continue;
        peer.orphanedAt = undefined;
        if (peer.missed) room.recount(peer);
      }
    }
  }

  /** An edge is gone; its peers are kept for a while. */
  edgeLost(edgeId: string): void {
    const now = performance.now();
    for (const peer of this.peers()) if (peer.edgeId === edgeId) peer.orphanedAt = now;
  }

  /** A worker died, and with it the peers whose transports it had. */
  workerDied(worker: MediaWorker): void {
    this.#rooms.workerDied(worker);
  }

  #closeExpired(): void {
    this.#checkDrained();
    const { orphanTtlMs, lobbyTtlMs } = this.#options;
    const now = performance.now();
    for (const room of this.rooms.values()) {
      for (const peer of room.peers.values()) {
        const orphaned = peer.orphanedAt !== undefined && now - peer.orphanedAt >= orphanTtlMs;
        const waited = !peer.live && now - peer.openedAt >= lobbyTtlMs;
        if (!orphaned && !waited) continue;
        this.#rooms.leave(room, peer);
        this.#rooms.notifyClosed(room, peer, orphaned ? "orphaned" : "waited");
      }
    }
  }

  /**
   * Accepts no new peers; `drained` resolves when all have left or after `deadlineMs`. Only the first call's
   * deadline counts.
   */
  drain(deadlineMs: number): void {
    const { admission, log } = this.#options;
    if (admission.state === "draining") return;
    admission.drain();
    this.#drainUntil = performance.now() + deadlineMs;
    log.info("draining", { deadlineMs, peers: this.peers().length });
    this.#options.stateChanged();
    this.#checkDrained();
  }

  #checkDrained(): void {
    if (this.#options.admission.state !== "draining") return;
    const isOver = [...this.rooms.values()].every(({ entering, peers }) => entering + peers.size === 0);
    if (isOver || performance.now() >= this.#drainUntil) this.#drained.resolve();
  }

  /** Resolves when a draining node has no peers left, or its deadline has passed. */
  get drained(): Promise<void> {
    return this.#drained.promise;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#sweep);
    this.#places[Symbol.dispose]();
    this.#rooms[Symbol.dispose]();
  }
}
