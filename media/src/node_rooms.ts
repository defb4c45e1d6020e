import type { RoomId } from "@tafelrunde/protocol";
import { isInside, type MediaNoticeOf, type NodeAddress, type Placement } from "@tafelrunde/protocol/media";
import { CONSUMERS_PER_NEWCOMER } from "./admission.ts";
import type { Cascade } from "./cascade.ts";
import type { Edges } from "./edges.ts";
import { Downstream } from "./downstream.ts";
import type { Log } from "@tafelrunde/protocol/process/log";
import type { Peer } from "./peer.ts";
import { Room } from "./room.ts";
import type { RoomRouter } from "./room_router.ts";
import { Shares, type Use } from "./shares.ts";
import { SilenceWatch } from "./silence.ts";
import type { MediaWorker, WorkerPool } from "./worker_pool.ts";

/** Weight of a peer that receives nothing, in consumers: two transports take about as much memory. */
const PEER_WEIGHT = 2;

export interface NodeRoomsOptions {
  readonly address: NodeAddress;
  /** The node's workers, and the consumers that each can carry. */
  readonly workers: number;
  readonly workerConsumers: number;
  readonly edges: Edges;
  readonly cascade: Cascade;
  /** Whether the node accepts no new peers. */
  readonly isDraining: () => boolean;
  readonly log: Log;
}

/**
 * The rooms of one node: opened when a peer enters, closed when the last one leaves, kept within their
 * residency.
 */
export class NodeRooms implements Disposable {
  readonly #options: NodeRoomsOptions;
  readonly #rooms = new Map<string, Room>();
  readonly downstream: Downstream;
  readonly shares: Shares;
  readonly #silence: SilenceWatch;
  #outside = 0;
  #pool: WorkerPool | undefined;

  constructor(options: NodeRoomsOptions) {
    this.#options = options;
    this.shares = new Shares(options.workerConsumers * options.workers, () => this.#uses());
    this.downstream = new Downstream({
      address: options.address,
      findRoom: (roomId) => this.#rooms.get(roomId),
      outside: () => {
        this.#outside += 1;
      },
      log: options.log,
    });
    this.#silence = new SilenceWatch(() => this.#rooms.values(), options.log);
  }

  /** The workers that rooms use; undefined before any was started. */
  get pool(): WorkerPool | undefined {
    return this.#pool;
  }

  /** Sets the workers that rooms use. */
  useWorkers(pool: WorkerPool): void {
    this.#pool = pool;
  }

  get all(): ReadonlyMap<string, Room> {
    return this.#rooms;
  }

  /** How often residency has refused something. */
  get outside(): number {
    return this.#outside;
  }

  peers(): Peer[] {
    return [...this.#rooms.values()].flatMap((room) => [...room.peers.values()]);
  }

  /**
   * Returns the room that the caller is entering, opened if necessary. The caller decrements `entering` once
   * it has entered.
   */
  enter(roomId: string): Room {
    let room = this.#rooms.get(roomId);
    if (room === undefined) {
      room = this.#open(roomId);
      this.#rooms.set(roomId, room);
    }
    room.entering += 1;
    return room;
  }

  leave(room: Room, peer: Peer): void {
    room.leave(peer);
    this.closeIfEmpty(room);
  }

  closeIfEmpty(room: Room): void {
    if (room.peers.size > 0 || room.entering > 0) return;
    room.close();
    if (this.#rooms.get(room.id) === room) this.#rooms.delete(room.id);
  }

  /**
   * Applies a room's placement; returns false if the room is not allowed on this node, in which case its
   * peers are closed.
   */
  place(roomId: string, placement: Placement): boolean {
    const { address, log } = this.#options;
    const room = this.#rooms.get(roomId);
    if (room !== undefined && placement.version < room.nodes.version) return true;
    if (isInside(address, placement.residency)) {
      room?.nodes.place(placement);
      this.downstream.confine(roomId);
      return true;
    }
    this.#outside += 1;
    log.warn("residency.refused", { what: "peer" });
    if (room === undefined) return false;
    for (const peer of [...room.peers.values()]) {
      this.leave(room, peer);
      this.notifyClosed(room, peer, "outside");
    }
    return false;
  }

  /** A worker died, and with it the peers whose transports it had. */
  workerDied(worker: MediaWorker): void {
    for (const room of this.#rooms.values()) {
      for (const peer of room.workerDied(worker)) this.notifyClosed(room, peer, "failed");
      this.closeIfEmpty(room);
    }
  }

  /** Notifies the edge of a peer whose media is gone. */
  notifyClosed(room: Room, peer: Peer, why: MediaNoticeOf<"peer.closed">["why"]): void {
    const peerId = peer.id as MediaNoticeOf<"peer.closed">["peerId"];
    this.#options.edges.notify(peer.edgeId, {
      type: "peer.closed",
      roomId: room.id as RoomId,
      peerId,
      why,
    });
  }

  [Symbol.dispose](): void {
    this.#silence[Symbol.dispose]();
    for (const room of this.#rooms.values()) {
      for (const peer of room.peers.values()) this.notifyClosed(room, peer, "drained");
    }
    for (const room of this.#rooms.values()) room.close();
    this.#rooms.clear();
    this.downstream[Symbol.dispose]();
  }

  *#uses(): Iterable<Use> {
    for (const { id: roomId, peers } of this.#rooms.values()) {
      for (const { origin, isOfTenant, subscriptions } of peers.values()) {
        yield { roomId, origin, isOfTenant, weight: PEER_WEIGHT + subscriptions };
      }
    }
  }

  #open(roomId: string): Room {
    const { edges, log, cascade, address, isDraining } = this.#options;
    return new Room({
      id: roomId,
      address,
      cascade,
      log,
      shares: this.shares,
      failed: () => this.#pool?.check(),
      isDraining,
      findWorker: (routers) => this.#findWorker(routers),
      notify: (peer, notice) => {
        if (!edges.notify(peer.edgeId, notice)) peer.missed = true;
      },
      notifyEdges: (edgeIds, notice) => edges.notifyEach(edgeIds, notice),
      announce: (tracks, ended) => this.downstream.announce(roomId, tracks, ended),
      silent: (trackIds) => this.downstream.silent(roomId, trackIds),
      speak: (speakers) => this.downstream.speak(roomId, speakers),
      outletClosed: (pipeId) => this.downstream.outletClosed(pipeId),
      outside: () => {
        this.#outside += 1;
      },
    });
  }

  /**
   * The worker for a new peer: one that the room already uses, unless those are busy and another is much less
   * so.
   */
  #findWorker(routers: readonly RoomRouter[]): MediaWorker | undefined {
    const own = leastBusy(routers.map(({ worker }) => worker));
    if (own !== undefined && busyness(own) + CONSUMERS_PER_NEWCOMER <= this.#options.workerConsumers) {
      return own;
    }
    const any = leastBusy(this.#pool?.workers ?? []);
    return own === undefined || (any !== undefined && busyness(any) < busyness(own) / 2) ? any : own;
  }
}

/** The load of a worker: its consumers, plus something for peers that do not receive anything yet. */
function busyness({ consumers, peers }: MediaWorker): number {
  return consumers + peers;
}

function leastBusy(workers: readonly MediaWorker[]): MediaWorker | undefined {
  return [...workers].sort((one, other) => busyness(one) - busyness(other))[0];
}
