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
import { guarded } from "./faults.ts";
import type { Followers } from "./followers.ts";
import type { Log } from "./log.ts";
import { LatestViews } from "./latest_views.ts";
import { NodeRooms } from "./node_rooms.ts";
import { type Peer, UnfitOffer } from "./peer.ts";
import { reportPeers } from "./peers_report.ts";
import { PACED } from "./pace.ts";
import { Places } from "./places.ts";
import type { Room } from "./room.ts";
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

/** Requests that have workers make something: a person who comes may be sent everything that there is. */
const MAKING: ReadonlySet<string> = new Set<PeerRequest["type"]>([
  "peer.open",
  "peer.start",
  "track.publish",
  "view.set",
  "track.refresh",
  "transport.restart",
  "peer.check",
]);

/** What is the same whichever view it comes before or after. */
const BESIDE_VIEWS: ReadonlySet<string> = new Set<PeerRequest["type"]>([
  "track.refresh",
  "transport.restart",
  "peer.check",
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
  readonly #rooms: NodeRooms;
  readonly #turns = new Turns();
  readonly #views = new LatestViews<Outcome>();
  readonly #places = new Places(() => Math.max(MAKING_AT_ONCE, this.#rooms.pool?.workers.length ?? 0));
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
    this.#sweep = setInterval(guarded(options.log, "timer", () => this.#closeExpired()), sweepMs);
  }

  /** Sets the workers that rooms are opened on; until then nobody is taken. */
  useWorkers(pool: WorkerPool): void {
    this.#rooms.useWorkers(pool);
  }

  /** Consumers of tracks that have never sent a packet. */
  get silent(): number {
    return this.#rooms.shares.silent;
  }

  /** The nodes that want tracks of this one. */
  get followers(): Followers {
    return this.#rooms.followers;
  }

  get rooms(): ReadonlyMap<string, Room> {
    return this.#rooms.all;
  }

  /** How often residency has refused something. */
  get outside(): number {
    return this.#rooms.outside;
  }

  /** How many peers were closed because nobody of the room could see that they were there. */
  get unseen(): number {
    return this.#unseen;
  }

  peers(): Peer[] {
    return this.#rooms.peers();
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
          return this.#rooms.place(request.roomId, request.placement) ? DONE : { refused: "node.outside" };
        default: {
          if (PACED.has(request.type) && !this.#takePace(request)) return { refused: "share.spent" };
          return await (this.#inTurn(edgeId, request) ?? { refused: "node.failed" });
        }
      }
    } catch (error) {
      this.#rooms.pool?.check();
      this.#options.log("error", "request.failed", { request: request.type, error });
      return { refused: "node.failed" };
    }
  }

  /** Carries it out once what was asked about the same person before is done. Undefined: too much waits for that. */
  #inTurn(edgeId: string, request: PeerRequest): Promise<Outcome> | undefined {
    const key = `${request.roomId}/${request.peerId}`;
    const queue = (begin: () => PeerRequest) => {
      const act = () => this.#handle(edgeId, begin());
      return this.#turns.take(
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

  /** Whose work it is: that of the network that somebody comes from, or of their room where the edge does not say. */
  #sharerOf(request: PeerRequest): string {
    const origin = request.type === "peer.open"
      ? request.origin
      : this.rooms.get(request.roomId)?.peers.get(request.peerId)?.origin;
    return origin ?? request.roomId;
  }

  async #handle(edgeId: string, request: PeerRequest): Promise<Outcome> {
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
        const { origin, isOfHouse } = peer;
        if (
          !room.published.has(request.trackId) &&
          !this.#rooms.shares.mayGrow({ roomId: room.id, origin, isOfHouse })
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
    return reportPeers(this.rooms.values(), { edgeId, after, hasSay: (peer) => this.#hasSay(edgeId, peer) });
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
    if (!this.#rooms.place(roomId, placement)) return { refused: "node.outside" };
    const known = this.rooms.get(roomId);
    const before = known?.peers.get(peerId);
    // What was prepared for who might know of the others, or be heard, is not for who may not.
    if (known !== undefined && before?.isFor(offer) && before.mayStay({ live, blind })) {
      before.edgeId = edgeId;
      before.orphanedAt = undefined;
      if (live && !before.live) await this.#start(known, before);
      return this.#describe(known, before);
    }
    const { admission, profile: { capacity } } = this.#options;
    if (admission.state === "draining") return { refused: "node.draining" };
    if (before === undefined && (admission.state === "full" || this.peers().length >= capacity.peers)) {
      return { refused: "node.full" };
    }
    if (before === undefined && !this.#rooms.shares.mayGrow({ roomId, origin, isOfHouse })) {
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
      this.#rooms.closeIfEmpty(room);
    }
  }

  #describe(room: Room, peer: Peer): Outcome {
    // Who may not know of the others is not told of their tracks.
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

  /** An edge is connected (again): its peers are no orphans, and hear what they missed. */
  edgeConnected(edgeId: string): void {
    for (const room of this.rooms.values()) {
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
        this.#rooms.tellClosed(room, peer, orphaned ? "orphaned" : "waited");
      }
    }
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
    const isOver = [...this.rooms.values()].every(({ entering, peers }) => entering + peers.size === 0);
    if (isOver || performance.now() >= this.#drainUntil) this.#drained.resolve();
  }

  /** Resolves when a node that drains has nobody left, or its time is over. */
  get drained(): Promise<void> {
    return this.#drained.promise;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#sweep);
    this.#rooms[Symbol.dispose]();
  }
}
