import type {
  EdgeId,
  NodeId,
  ParticipantId,
  PeerOffer,
  RoomId,
  SpaceId,
  TrackId,
} from "@tafelrunde/protocol";
import {
  ANYWHERE,
  MAX_ROOM_NODES,
  type MediaNoticeOf,
  type NodeAddress,
  type Placement,
  type PublishedTrack,
  type Residency,
} from "@tafelrunde/protocol/media";
import type { RoomPlaces } from "../store/placement.ts";
import type { Arrival } from "./arrival.ts";
import type { FleetNode } from "./fleet_node.ts";
import { SerialQueue } from "@tafelrunde/protocol/process/serial_queue";

/** Whose share a participant's media takes on a busy node. */
export interface MediaShare {
  /** Stands for the client's network. */
  readonly origin: string;
  /** The room belongs to a tenant. */
  readonly isOfTenant: boolean;
}

/** What is needed to create a participant's media, here or on another node. */
export interface PeerNeed {
  readonly offer: PeerOffer;
  /** The client must not learn (yet) who is in the room. */
  readonly blind: boolean;
  readonly share: MediaShare;
}

/** A participant's media. */
export interface PeerHome {
  node: FleetNode | undefined;
  /** For recreating the media; undefined: the client has not said. */
  need: PeerNeed | undefined;
  /** The participant is in the room, not in the lobby. */
  live: boolean;
  /** Where the participant is; null: the main room. */
  space: SpaceId | null;
  /** The client's round trips, ms; only in memory, and deleted with the socket. */
  rttByNode: Readonly<Record<NodeId, number>>;
  /** Serialises creating, adopting and moving the media. */
  readonly queue: SerialQueue;
  /** Nodes that still carry the participant's old media, until the client has released it. */
  readonly leaving: Set<FleetNode>;
  /** Their way from a draining node to another one. */
  arrival: Arrival | undefined;
  /** The node sent a notice that had no listener. */
  hasMissed: boolean;
  /** A node's last notice about connections to other nodes, if the participant did not get it. */
  missedInterruption:
    | { readonly node: FleetNode; readonly notice: MediaNoticeOf<"room.interrupted"> }
    | undefined;
  /** Since when the participant is not on this edge anymore, ms. */
  goneSince: number | undefined;
  /** Tracks that a node might have already and the log does not have yet. */
  readonly publishing: Set<TrackId>;
  /** The participant's tracks as last published; an ended one stays until the next is published. */
  readonly published: Map<TrackId, PublishedTrack>;
}

/** The participants of this edge in one room, the nodes of their media, and the room's placement. */
export class RoomHome {
  readonly roomId: RoomId;
  readonly peers = new Map<ParticipantId, PeerHome>();
  #places: RoomPlaces | undefined;
  /** The number of the read that found `places`. */
  #read = 0;
  /** Serialises writes of the room's placement to the database. */
  readonly notes = new SerialQueue();
  /** The placement read in progress, and the one to follow it. */
  readonly reads: { now: Promise<void> | undefined; next: Promise<void> | undefined } = {
    now: undefined,
    next: undefined,
  };
  /** Nodes on which this edge has recorded peers, and since when each has had none. */
  readonly claims = new Map<
    NodeId,
    { readonly address: NodeAddress; emptySince: number | undefined; counted: number }
  >();
  /** Version of the placement last sent to the nodes. */
  toldVersion = -1;
  /** Serialises choices that might open a node. */
  readonly choices = new SerialQueue();

  constructor(roomId: RoomId) {
    this.roomId = roomId;
  }

  /** The room's nodes and residency rules; undefined: not read yet. */
  get places(): RoomPlaces | undefined {
    return this.#places;
  }

  /**
   * Takes the result of the `read`th read; false: something newer is known, because reads can finish in any
   * order.
   */
  learn(places: RoomPlaces, read: number): boolean {
    const { version = -1 } = this.#places ?? {};
    if (places.version < version || places.version === version && read < this.#read) return false;
    this.#places = places;
    this.#read = read;
    return true;
  }

  /** The room is not on a node anymore, whatever reads that started before the `read`th find. */
  forget(nodeId: NodeId, read: number): void {
    if (this.#places === undefined) return;
    const { version, residency, nodes } = this.#places;
    this.#places = { version, residency, nodes: new Map([...nodes].filter(([id]) => id !== nodeId)) };
    this.#read = read;
  }

  get residency(): Residency {
    return this.places?.residency ?? ANYWHERE;
  }

  /** The placement sent to nodes: agreed by all edges, plus this edge's claims since. */
  get placement(): Placement {
    const { version, nodes } = this.places ?? { version: 0, nodes: new Map() };
    const claimed = [...this.claims].flatMap(([nodeId, { address }]) => nodes.has(nodeId) ? [] : [address]);
    const agreed = [...nodes.values()].map(({ address }) => address);
    return { version, nodes: [...agreed, ...claimed].slice(0, MAX_ROOM_NODES), residency: this.residency };
  }

  /** Peers of the room on a node: this edge's own now, other edges' as reported a second ago. */
  countPeers(nodeId: NodeId, edgeId: EdgeId): number {
    let count = this.countOwn(nodeId);
    for (const [other, peers] of this.places?.nodes.get(nodeId)?.peersByEdge ?? []) {
      if (other !== edgeId) count += Math.max(1, peers);
    }
    return count;
  }

  /** Peers of this edge on a node. */
  countOwn(nodeId: NodeId): number {
    let count = 0;
    for (const { node } of this.peers.values()) if (node?.nodeId === nodeId) count++;
    return count;
  }
}
