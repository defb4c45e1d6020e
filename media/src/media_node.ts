import type { NodeId, RoomId } from "@tafelrunde/protocol";
import type {
  MediaAnswers,
  MediaNoticeOf,
  MediaRefusal,
  MediaRequest,
  MediaRequestOf,
} from "@tafelrunde/protocol/media";
import type { Edges } from "./edges.ts";
import type { Log } from "./log.ts";
import type { Peer } from "./peer.ts";
import { Room } from "./room.ts";
import { Turns } from "./turns.ts";
import type { MediaWorker, WorkerPool } from "./worker_pool.ts";

export interface MediaNodeOptions {
  readonly nodeId: string;
  readonly maxPeers: number;
  readonly orphanTtlMs: number;
  readonly lobbyTtlMs: number;
  readonly edges: Edges;
  readonly log: Log;
}

/** How a request went. */
export type Outcome = { readonly ok: MediaAnswers[MediaRequest["type"]] } | {
  readonly refused: MediaRefusal;
};

const DONE: Outcome = { ok: null };

/** The rooms of one node, and what edges may ask of them. Requests about one person are carried out one after another. */
export class MediaNode implements Disposable {
  readonly #options: MediaNodeOptions;
  readonly #rooms = new Map<string, Room>();
  readonly #opening = new Map<string, Promise<Room | undefined>>();
  readonly #turns = new Turns();
  readonly #sweep: ReturnType<typeof setInterval>;
  #pool: WorkerPool | undefined;
  #draining = false;

  constructor(options: MediaNodeOptions) {
    this.#options = options;
    const sweepMs = Math.max(10, Math.min(1000, options.orphanTtlMs / 4, options.lobbyTtlMs / 4));
    this.#sweep = setInterval(() => this.#closeExpired(), sweepMs);
  }

  /** Sets the workers that rooms are opened on; until then nobody is taken. */
  useWorkers(pool: WorkerPool): void {
    this.#pool = pool;
  }

  get rooms(): ReadonlyMap<string, Room> {
    return this.#rooms;
  }

  peers(): Peer[] {
    return [...this.#rooms.values()].flatMap((room) => [...room.peers.values()]);
  }

  /** Carries out one request of an edge. Never rejects. */
  async handle(edgeId: string, request: MediaRequest): Promise<Outcome> {
    try {
      const turn = this.#turns.take(
        `${request.roomId}/${request.peerId}`,
        () => this.#handle(edgeId, request),
      );
      return await (turn ?? { refused: "node.failed" });
    } catch (error) {
      this.#options.log("error", "request.failed", { request: request.type, error });
      return { refused: "node.failed" };
    }
  }

  async #handle(edgeId: string, request: MediaRequest): Promise<Outcome> {
    if (request.type === "peer.open") return await this.#open(edgeId, request);
    const room = this.#rooms.get(request.roomId);
    const peer = room?.peers.get(request.peerId);
    if (room === undefined || peer === undefined) {
      return request.type === "peer.close" ? DONE : { refused: "peer.unknown" };
    }
    switch (request.type) {
      case "peer.start":
        await peer.start();
        return DONE;
      case "peer.adopt":
        this.#adopt(room, peer, edgeId);
        return DONE;
      case "peer.close":
        // An edge that lost the peer to another has no say any more, unless that other is gone.
        if (peer.edgeId === edgeId || !this.#options.edges.has(peer.edgeId)) this.#leave(room, peer);
        return DONE;
      case "track.publish": {
        if (!peer.live) return { refused: "peer.notStarted" };
        const result = await room.publish(peer, request);
        return result === "published" ? DONE : { refused: result };
      }
      case "track.mute": {
        const track = room.tracks.get(request.trackId);
        if (track?.peerId !== peer.id) return { refused: "track.unknown" };
        await track.mute(request.muted);
        return DONE;
      }
      case "track.close":
        room.unpublish(peer, request.trackId);
        return DONE;
      case "view.set":
        await peer.setView(request.tracks);
        return DONE;
      case "track.refresh":
        return await peer.refresh(request.trackId) ? DONE : { refused: "track.unknown" };
      case "transport.restart":
        return { ok: { iceParameters: await peer.restart(request.direction) } };
      default:
        return request satisfies never;
    }
  }

  async #open(
    edgeId: string,
    { roomId, peerId, offer, live, blind, videos }: MediaRequestOf<"peer.open">,
  ): Promise<Outcome> {
    const before = this.#rooms.get(roomId)?.peers.get(peerId);
    if (before?.isFor(offer)) {
      before.edgeId = edgeId;
      before.orphanedAt = undefined;
      if (live && !before.live) await before.start();
      return this.#describe(before);
    }
    if (this.#draining) return { refused: "node.draining" };
    if (before === undefined && this.peers().length >= this.#options.maxPeers) {
      return { refused: "node.full" };
    }
    const room = await this.#enter(roomId);
    if (room === undefined) return { refused: "node.full" };
    try {
      const replaced = room.peers.get(peerId);
      if (replaced !== undefined) room.leave(replaced);
      const peer = await room.enter({ id: peerId, offer, live, blind, videos, edgeId });
      if (peer.closed) return { refused: "node.failed" };
      if (!this.#options.edges.has(edgeId)) peer.orphanedAt = performance.now();
      return this.#describe(peer);
    } finally {
      room.entering -= 1;
      this.#closeIfEmpty(room);
    }
  }

  #describe(peer: Peer): Outcome {
    return { ok: { nodeId: this.#options.nodeId as NodeId, ...peer.describe() } };
  }

  /** The room, opened if need be, that the caller is entering; undefined when no worker runs. */
  async #enter(roomId: string): Promise<Room | undefined> {
    const open = this.#rooms.get(roomId);
    if (open !== undefined) {
      open.entering += 1;
      return open;
    }
    let opening = this.#opening.get(roomId);
    if (opening === undefined) {
      opening = this.#openRoom(roomId).finally(() => this.#opening.delete(roomId));
      this.#opening.set(roomId, opening);
    }
    const room = await opening;
    if (room !== undefined) room.entering += 1;
    return room;
  }

  async #openRoom(roomId: string): Promise<Room | undefined> {
    const { edges, log } = this.#options;
    const worker = this.#pool?.findLeastLoaded();
    if (worker === undefined) return undefined;
    const room = await Room.open({
      id: roomId,
      worker,
      log,
      notify: (peer, notice) => {
        if (!edges.notify(peer.edgeId, notice)) peer.missed = true;
      },
      notifyEdges: (edgeIds, notice) => edges.notifyEach(edgeIds, notice),
    });
    this.#rooms.set(roomId, room);
    return room;
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

  /** A worker died and took its rooms along. */
  workerDied(worker: MediaWorker): void {
    for (const room of this.#rooms.values()) {
      if (room.worker !== worker) continue;
      const lost = [...room.peers.values()];
      room.close();
      this.#rooms.delete(room.id);
      for (const peer of lost) this.#tellClosed(room, peer);
    }
  }

  #closeExpired(): void {
    const { orphanTtlMs, lobbyTtlMs } = this.#options;
    const now = performance.now();
    for (const room of this.#rooms.values()) {
      for (const peer of room.peers.values()) {
        const orphaned = peer.orphanedAt !== undefined && now - peer.orphanedAt >= orphanTtlMs;
        const waited = !peer.live && now - peer.openedAt >= lobbyTtlMs;
        if (!orphaned && !waited) continue;
        this.#leave(room, peer);
        this.#tellClosed(room, peer);
      }
    }
  }

  #tellClosed(room: Room, peer: Peer): void {
    const peerId = peer.id as MediaNoticeOf<"peer.closed">["peerId"];
    this.#options.edges.notify(peer.edgeId, { type: "peer.closed", roomId: room.id as RoomId, peerId });
  }

  /** Takes nobody any more. */
  drain(): void {
    this.#draining = true;
  }

  [Symbol.dispose](): void {
    this.drain();
    clearInterval(this.#sweep);
    for (const room of this.#rooms.values()) room.close();
    this.#rooms.clear();
  }
}
