import { type NodeId, type RoomId, type TrackId, trackKind } from "@tafelrunde/protocol";
import type { AnnouncedTrack } from "@tafelrunde/protocol/cascade";
import {
  ANYWHERE,
  isInside,
  MAX_ROOM_NODES,
  MAX_TOLD_TRACKS,
  type NodeAddress,
  type Placement,
  type Residency,
} from "@tafelrunde/protocol/media";
import type { Cascade } from "./cascade.ts";
import type { Upstream } from "./upstream.ts";
import type { Log } from "@tafelrunde/protocol/process/log";
import type { RoomPipes, RoomTrack } from "./room_pipes.ts";
import type { Speakers } from "./speakers.ts";
import type { TrackBook } from "./track_book.ts";

export interface RoomNodesOptions {
  readonly roomId: string;
  /** This node. */
  readonly address: NodeAddress;
  readonly cascade: Cascade;
  readonly book: TrackBook<RoomTrack>;
  readonly pipes: RoomPipes;
  readonly heard: Speakers;
  readonly log: Log;
  /** The set of tracks has changed. */
  readonly changed: () => void;
  /** The set of interrupted tracks has changed. */
  readonly interrupted: () => void;
  /** Called when residency has kept the room from another node. */
  readonly outside: () => void;
}

/** The other nodes that a room is on, and the tracks they announce. */
export class RoomNodes implements Disposable {
  readonly #options: RoomNodesOptions;
  readonly #upstreams = new Map<NodeId, Upstream>();
  readonly #interrupted = new Set<NodeId>();
  /** Tracks of other nodes from which no media arrives there. */
  readonly #silent = new Map<NodeId, readonly TrackId[]>();
  /** Nodes that peers have left because they are draining. */
  readonly #draining = new Set<string>();
  #placement: Placement = { version: -1, nodes: [], residency: ANYWHERE };

  constructor(options: RoomNodesOptions) {
    this.#options = options;
  }

  /** Version of the current placement; -1: none is known. */
  get version(): number {
    return this.#placement.version;
  }

  get residency(): Residency {
    return this.#placement.residency;
  }

  /** Nodes whose tracks do not arrive now, and those of their tracks that have no other source. */
  get interrupted(): { nodeIds: NodeId[]; trackIds: TrackId[] } {
    const { book } = this.#options;
    const nodeIds = [...this.#interrupted];
    const trackIds = nodeIds.flatMap((place) =>
      [...book.from(place)].flatMap(([trackId, track]) =>
        book.get(trackId) === track ? [trackId as TrackId] : []
      )
    );
    return { nodeIds, trackIds: trackIds.slice(0, MAX_TOLD_TRACKS) };
  }

  /** Tracks that come from other nodes and from which no media arrives there. */
  get silent(): TrackId[] {
    const { book } = this.#options;
    return [...this.#silent].flatMap(([place, trackIds]) =>
      trackIds.filter((trackId) => {
        const track = book.getFrom(trackId, place);
        return track !== undefined && book.get(trackId) === track;
      })
    );
  }

  isDraining(nodeId: string): boolean {
    return this.#draining.has(nodeId);
  }

  /** A node is draining: its tracks are used only while no other node has them. */
  drains(nodeId: string): void {
    const { book, pipes, changed } = this.#options;
    // If the room has left that node already, nothing may be recorded: it would affect the next run under the
    // same id.
    if (!this.#upstreams.has(nodeId as NodeId) || this.#draining.has(nodeId)) return;
    this.#draining.add(nodeId);
    for (const [trackId] of book.from(nodeId)) pipes.refresh(trackId);
    changed();
  }

  /**
   * Applies a newer placement: follows the nodes it lists, and no others. A placement of the same version can
   * add nodes: one that an edge has claimed and not yet published to the others. An older placement is
   * ignored.
   */
  place(placement: Placement): void {
    const { version, residency } = placement;
    if (version < this.version) return;
    const { nodes } = version === this.version ? this.#joined(placement) : placement;
    if (version === this.version && nodes.length === this.#placement.nodes.length) return;
    this.#placement = { version, nodes, residency };
    const { address, log, outside } = this.#options;
    const others = new Map(nodes.map((node) => [node.nodeId, node]));
    others.delete(address.nodeId);
    for (const [nodeId, node] of others) {
      if (isInside(node, residency)) continue;
      others.delete(nodeId);
      outside();
      log.warn("residency.refused", { what: "pipe", nodeId });
    }
    for (const [nodeId, upstream] of this.#upstreams) if (!others.has(nodeId)) this.#unfollow(upstream);
    const isFirst = this.#upstreams.size === 0;
    for (const [nodeId, node] of others) {
      if (!this.#upstreams.has(nodeId)) this.#upstreams.set(nodeId, this.#follow(node, !isFirst));
    }
  }

  /** The current placement plus the nodes that `placement` adds. */
  #joined({ nodes }: Placement): Placement {
    const known = new Set(this.#placement.nodes.map(({ nodeId }) => nodeId));
    const more = nodes.filter(({ nodeId }) => !known.has(nodeId));
    return { ...this.#placement, nodes: [...this.#placement.nodes, ...more].slice(0, MAX_ROOM_NODES) };
  }

  /** `isLater`: the room came to this node after the others, and so did any track that is on both. */
  #follow(node: NodeAddress, isLater: boolean): Upstream {
    const { nodeId: place } = node;
    const { roomId, cascade, book, pipes, heard, interrupted } = this.#options;
    let isNew = isLater;
    const upstream: Upstream = cascade.follow(node, {
      roomId: roomId as RoomId,
      residency: () => this.residency,
      events: {
        tracks: (tracks) => {
          const named = new Set<string>(tracks.map(({ trackId }) => trackId));
          const known = [...book.from(place)].map(([trackId]) => trackId);
          this.#learn(upstream, tracks, known.filter((trackId) => !named.has(trackId)), !isNew);
          isNew = false;
        },
        restarted: () => {
          this.#silent.delete(place);
          this.#draining.delete(place);
          this.#learn(upstream, [], [...book.from(place)].map(([trackId]) => trackId));
          isNew = true;
        },
        changed: (tracks, ended) => this.#learn(upstream, tracks, ended),
        speakers: (speakers) => heard.set(place, speakers),
        silent: (trackIds) => {
          const wasSilent = this.#silent.delete(place);
          if (trackIds.length > 0) this.#silent.set(place, trackIds);
          if (wasSilent || trackIds.length > 0) interrupted();
        },
        interrupted: (isInterrupted) => {
          if (isInterrupted) this.#interrupted.add(place);
          else this.#interrupted.delete(place);
          interrupted();
        },
        shouldFlow: (inlet) => pipes.shouldFlow(inlet),
      },
    });
    return upstream;
  }

  #unfollow(upstream: Upstream): void {
    const { nodeId: place } = upstream;
    const { book, heard, interrupted } = this.#options;
    this.#upstreams.delete(place);
    upstream[Symbol.dispose]();
    heard.set(place, []);
    this.#draining.delete(place);
    const wasSilent = this.#silent.delete(place);
    const wasInterrupted = this.#interrupted.delete(place) || wasSilent;
    this.#learn(upstream, [], [...book.from(place)].map(([trackId]) => trackId));
    if (wasInterrupted) interrupted();
  }

  /**
   * Records what another node announces of its tracks; `isOld`: these are tracks it already had, not new
   * ones.
   */
  #learn(
    upstream: Upstream,
    tracks: readonly AnnouncedTrack[],
    ended: readonly string[],
    isOld = false,
  ): void {
    const { nodeId: place, runId } = upstream;
    const { book, pipes, changed, interrupted } = this.#options;
    for (const trackId of ended) if (book.delete(trackId, place)) pipes.refresh(trackId);
    for (const { trackId: id, peerId, source, muted, routerId, layers, space, audience } of tracks) {
      const origin = { at: "node", upstream, runId, routerId } as const;
      const facts = { id, peerId, source, muted, kind: trackKind(source), layers };
      book.set(id, place, { ...facts, origin, space: space ?? null, audience: audience ?? null }, isOld);
      pipes.refresh(id);
    }
    if (tracks.length + ended.length === 0) return;
    changed();
    if (this.#interrupted.size + this.#silent.size > 0) interrupted();
  }

  [Symbol.dispose](): void {
    for (const upstream of [...this.#upstreams.values()]) this.#unfollow(upstream);
  }
}
