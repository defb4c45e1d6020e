import type { EdgeId, NodeId, ParticipantId, PeerOffer, RoomId, TrackId } from "@tafelrunde/protocol";
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
import type { FleetNode } from "./fleet_node.ts";
import { Turn } from "./turn.ts";

/** Whom a person's media counts for on a node that is busy. */
export interface MediaShare {
  /** Stands for the network that they come from. */
  readonly origin: string;
  /** The room belongs to a tenant. */
  readonly isOfHouse: boolean;
}

/** How a person's media is made, here and anew elsewhere. */
export interface PeerNeed {
  readonly offer: PeerOffer;
  /** They must not learn (yet) who is inside. */
  readonly blind: boolean;
  readonly share: MediaShare;
}

/** Somebody's media. */
export interface PeerHome {
  node: FleetNode | undefined;
  /** How to make it anew; undefined: the client has not said. */
  need: PeerNeed | undefined;
  /** The person is in the room, not before it. */
  live: boolean;
  /** The person's round trips, ms; in memory only, and gone with the socket. */
  rttByNode: Readonly<Record<NodeId, number>>;
  /** Their media is made, taken over and moved one after the other. */
  readonly turns: Turn;
  /** Nodes that still carry media of before, until the client has let go of it. */
  readonly leaving: Set<FleetNode>;
  /** Called once when `leaving` has become empty. */
  onLeft: (() => void) | undefined;
  /** Whether the node said something about them that nobody heard. */
  hasMissed: boolean;
  /** What a node said last of the ways to others, if the person did not hear it. */
  missedInterruption:
    | { readonly node: FleetNode; readonly notice: MediaNoticeOf<"room.interrupted"> }
    | undefined;
  /** Since when the person is not at this edge any more, ms. */
  goneSince: number | undefined;
  /** Tracks that a node may have already and the log not yet. */
  readonly publishing: Set<TrackId>;
  /** Their tracks as they were published last; what has ended meanwhile is still there until the next. */
  readonly published: Map<TrackId, PublishedTrack>;
}

/** Everyone of this edge in one room, by where their media is, and all that is known of where the room is. */
export class RoomHome {
  readonly roomId: RoomId;
  readonly peers = new Map<ParticipantId, PeerHome>();
  #places: RoomPlaces | undefined;
  /** Which read found `places`. */
  #read = 0;
  /** What is noted in the database of where the room is, one after the other. */
  readonly notes = new Turn();
  /** The read of its places that is under way, and the one that is to follow it. */
  readonly reads: { now: Promise<void> | undefined; next: Promise<void> | undefined } = {
    now: undefined,
    next: undefined,
  };
  /** Where this edge has noted that it has people, and since when it has none any more. */
  readonly claims = new Map<
    NodeId,
    { readonly address: NodeAddress; emptySince: number | undefined; counted: number }
  >();
  /** Version of the placement that the nodes were told last. */
  toldVersion = -1;
  /** Choices that may open a node are made one after the other. */
  readonly choices = new Turn();

  constructor(roomId: RoomId) {
    this.roomId = roomId;
  }

  /** Where it is and may be, as far as known; undefined: it has not been read. */
  get places(): RoomPlaces | undefined {
    return this.#places;
  }

  /** Takes what a read found that began as the `read`th; false: something newer is known, reads end in any order. */
  learn(places: RoomPlaces, read: number): boolean {
    const { version = -1 } = this.#places ?? {};
    if (places.version < version || places.version === version && read < this.#read) return false;
    this.#places = places;
    this.#read = read;
    return true;
  }

  /** It is not on a node any more, whatever reads find that began before the `read`th. */
  forget(nodeId: NodeId, read: number): void {
    if (this.#places === undefined) return;
    const { version, residency, nodes } = this.#places;
    this.#places = { version, residency, nodes: new Map([...nodes].filter(([id]) => id !== nodeId)) };
    this.#read = read;
  }

  get residency(): Residency {
    return this.places?.residency ?? ANYWHERE;
  }

  /** What nodes are told: what all edges agreed on, and what this one has claimed since. */
  get placement(): Placement {
    const { version, nodes } = this.places ?? { version: 0, nodes: new Map() };
    const claimed = [...this.claims].flatMap(([nodeId, { address }]) => nodes.has(nodeId) ? [] : [address]);
    const agreed = [...nodes.values()].map(({ address }) => address);
    return { version, nodes: [...agreed, ...claimed].slice(0, MAX_ROOM_NODES), residency: this.residency };
  }

  /** People of the room on a node: this edge's as they are, the others' as they said a second ago. */
  countPeers(nodeId: NodeId, edgeId: EdgeId): number {
    let count = this.countOwn(nodeId);
    for (const [other, peers] of this.places?.nodes.get(nodeId)?.peersByEdge ?? []) {
      if (other !== edgeId) count += Math.max(1, peers);
    }
    return count;
  }

  /** People of this edge on a node. */
  countOwn(nodeId: NodeId): number {
    let count = 0;
    for (const { node } of this.peers.values()) if (node?.nodeId === nodeId) count++;
    return count;
  }
}
