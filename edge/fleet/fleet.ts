import type { EdgeId, NodeId, ParticipantId, PeerAnswer, PeerOffer, RoomId } from "@tafelrunde/protocol";
import {
  ANYWHERE,
  type MediaAnswers,
  type MediaNotice,
  type MediaNoticeOf,
  type Placement,
} from "@tafelrunde/protocol/media";
import type { Log } from "../log.ts";
import { type Candidate, choose } from "./choose.ts";
import { type MediaAsk, type MediaOutcome, NodeConnection } from "./connection.ts";

/** A node that has been silent for so long is given up, ms; its people then ask for a new media path. */
const GIVE_UP_MS = 3_000;

/** Video tracks that a newcomer's first view prepares. A grid of nine fits every screen; more come with the first `view.set`. */
const FIRST_VIEW_VIDEOS = 9;

/** A room is on one node, and may be on any. */
const ONE_NODE: Placement = { version: 0, nodes: [], residency: ANYWHERE };

/** Told what media nodes say. */
export interface FleetEvents {
  notice(notice: Exclude<MediaNotice, { type: "load" }>): void;
  /** A node answers again and may have forgotten peers: adopt those of the rooms that live there. */
  nodeUp(livesThere: (roomId: RoomId) => boolean): void;
  /** A node is given up. */
  nodeLost(lived: (roomId: RoomId) => boolean): void;
}

/** Where edges agree which node a room is on. */
export interface Places {
  find(roomId: RoomId): Promise<NodeId | null>;
  /** Puts the room on `to` if it still is on `from`; gives the node that it is on then. */
  move(roomId: RoomId, from: NodeId | null, to: NodeId): Promise<NodeId | null>;
}

interface Node {
  readonly url: string;
  readonly connection: NodeConnection;
  load: MediaNoticeOf<"load"> | undefined;
  /** While it is not known whether it lives: it has not answered yet, or not since it was lost, and is not given up. */
  doubt: Doubt | undefined;
}

interface Doubt {
  readonly giveUpTimer: ReturnType<typeof setTimeout>;
  readonly over: Promise<void>;
  readonly end: () => void;
}

/** The media nodes as one edge sees them. A room is on one node. */
export class Fleet implements AsyncDisposable {
  readonly #nodes: readonly Node[];
  /** Where rooms with people of this edge are; a room stays where it is until its node is given up. */
  readonly #homes = new Map<RoomId, { readonly node: Node; readonly nodeId: NodeId }>();
  readonly #places: Places;
  readonly #events: FleetEvents;

  constructor(
    urls: readonly string[],
    options: {
      clusterKeys: readonly string[];
      edgeId: EdgeId;
      log: Log;
      places: Places;
      events: FleetEvents;
    },
  ) {
    this.#events = options.events;
    this.#places = options.places;
    this.#nodes = urls.map((url) => {
      const node: Node = {
        url,
        load: undefined,
        doubt: undefined,
        connection: new NodeConnection(url, {
          ...options,
          events: {
            notice: (notice) => {
              if (notice.type === "load") node.load = notice;
              else options.events.notice(notice);
            },
            up: () => this.#onUp(node),
            down: () => this.#onDown(node),
          },
        }),
      };
      this.#beginDoubt(node);
      return node;
    });
  }

  /** Nodes that answer, and all. */
  get size(): { readonly up: number; readonly all: number } {
    return { up: this.#nodes.filter((node) => node.connection.isUp).length, all: this.#nodes.length };
  }

  /** Makes a media path for a person who is in the room (`live`), in its lobby, or may not even know who is inside (`blind`); null: no node takes them now. */
  async openPeer(
    roomId: RoomId,
    peerId: ParticipantId,
    offer: PeerOffer,
    { live, blind }: { readonly live: boolean; readonly blind: boolean },
  ): Promise<PeerAnswer | null> {
    await this.#settle(roomId);
    const outcome = await this.ask<"peer.open">({
      type: "peer.open",
      roomId,
      peerId,
      placement: ONE_NODE,
      offer,
      live,
      blind,
      videos: FIRST_VIEW_VIDEOS,
    });
    return "ok" in outcome ? outcome.ok : null;
  }

  /** Takes over a person's media from another edge, or from before an interruption; false: it is gone. */
  async adoptPeer(roomId: RoomId, peerId: ParticipantId): Promise<boolean> {
    await this.#settle(roomId);
    return "ok" in await this.ask<"peer.adopt">({ type: "peer.adopt", roomId, peerId });
  }

  /** Asks the room's node. Never rejects. */
  ask<Type extends keyof MediaAnswers>(
    ask: MediaAsk<Type> & { roomId: RoomId },
  ): Promise<MediaOutcome<Type>> {
    const home = this.#homes.get(ask.roomId);
    return home === undefined
      ? Promise.resolve({ refused: "unreachable" })
      : home.node.connection.ask<Type>(ask);
  }

  /** Another edge says where the room is now. True: elsewhere than this edge's people. */
  placed(roomId: RoomId, nodeId: NodeId): boolean {
    const home = this.#homes.get(roomId);
    if (home === undefined || home.nodeId === nodeId) return false;
    this.#homes.delete(roomId);
    return true;
  }

  /** Nobody of this edge is in the room any more. */
  forget(roomId: RoomId): void {
    this.#homes.delete(roomId);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const node of this.#nodes) endDoubt(node);
    await Promise.all(this.#nodes.map((node) => node.connection[Symbol.asyncDispose]()));
  }

  /** Finds the room's node: where the edges have agreed it is, or, if that one does not answer, a new one to agree on. */
  async #settle(roomId: RoomId): Promise<void> {
    const home = this.#homes.get(roomId);
    if (home !== undefined && (!home.node.connection.isUp || home.node.connection.nodeId === home.nodeId)) {
      return;
    }
    let nodeId = await this.#places.find(roomId);
    await this.#clearDoubt(nodeId);
    for (let tries = 0; tries < this.#nodes.length + 1; tries++) {
      const up = this.#nodes.filter((node) => node.connection.isUp);
      const node = up.find((one) => one.connection.nodeId === nodeId);
      if (node !== undefined && nodeId !== null) {
        this.#homes.set(roomId, { node, nodeId });
        return;
      }
      const chosen = choose(
        { roomId, residency: ANYWHERE, rttByNode: {}, current: null },
        up.flatMap(candidate),
      );
      if (chosen === undefined) return;
      nodeId = await this.#places.move(roomId, nodeId, chosen);
    }
  }

  /** Waits while the room's node may still answer: an edge that has just begun knows none yet. Nobody is moved because of that. */
  async #clearDoubt(nodeId: NodeId | null): Promise<void> {
    const up = this.#nodes.filter((node) => node.connection.isUp);
    const isFound = nodeId === null ? up.length > 0 : up.some((node) => node.connection.nodeId === nodeId);
    if (isFound) return;
    const mayBeIt = ({ connection }: Node) =>
      nodeId === null || connection.nodeId === undefined || connection.nodeId === nodeId;
    const doubts = this.#nodes.flatMap((node) => node.doubt && mayBeIt(node) ? [node.doubt.over] : []);
    if (doubts.length === 0) return;
    // The first that answers may be the one, or leave fewer to wait for.
    await Promise.race(doubts);
    await this.#clearDoubt(nodeId);
  }

  #beginDoubt(node: Node): void {
    const { promise: over, resolve: end } = Promise.withResolvers<void>();
    node.doubt = { giveUpTimer: setTimeout(() => this.#giveUp(node), GIVE_UP_MS), over, end };
  }

  #onUp(node: Node): void {
    endDoubt(node);
    this.#events.nodeUp((roomId) => this.#homes.get(roomId)?.node === node);
  }

  #onDown(node: Node): void {
    this.#beginDoubt(node);
  }

  #giveUp(node: Node): void {
    endDoubt(node);
    const lost = new Set(
      [...this.#homes].filter(([, home]) => home.node === node).map(([roomId]) => roomId),
    );
    for (const roomId of lost) this.#homes.delete(roomId);
    this.#events.nodeLost((roomId) => lost.has(roomId));
  }
}

function endDoubt(node: Node): void {
  clearTimeout(node.doubt?.giveUpTimer);
  node.doubt?.end();
  node.doubt = undefined;
}

function candidate({ connection: { profile }, load }: Node): Candidate[] {
  if (profile === undefined) return [];
  const peers = (load?.peers ?? 0) / profile.capacity.peers;
  return [{
    address: profile.address,
    state: load?.state ?? "up",
    isResting: false,
    load: Math.max(peers, ...load?.cpu ?? []),
    roomPeers: 0,
  }];
}
