import type { EdgeId, NodeId, RoomId } from "@tafelrunde/protocol";
import type { NodeAddress } from "@tafelrunde/protocol/media";
import { warnOf } from "../store/unavailable.ts";
import type { Log } from "@tafelrunde/protocol/process/log";
import type { PeerCount, RoomPlaces } from "../store/placement.ts";
import type { FleetNode } from "./fleet_node.ts";
import type { RoomHome } from "./room_home.ts";

/**
 * How long a room stays on a node without peers of this edge, ms: a participant who lost their connection has
 * 20 s to come back.
 */
const RELEASE_MS = 25_000;

/** The store in which edges agree on the nodes of each room. */
export interface PlaceStore {
  readPlaces(roomIds: readonly RoomId[]): Promise<Map<RoomId, RoomPlaces>>;
  claimPlace(roomId: RoomId, address: NodeAddress, ifVersion: number | undefined): Promise<boolean>;
  /** `everyones`: no edge has peers there anymore. */
  releasePlace(roomId: RoomId, nodeId: NodeId, everyones: boolean): Promise<void>;
  countPeers(counts: readonly PeerCount[]): Promise<void>;
}

/**
 * The nodes of rooms: claimed here, agreed on in the database, sent to the nodes. Media does not wait for the
 * database: a failed write is repeated with the next `tend`.
 */
export class Placements {
  readonly #store: PlaceStore;
  readonly #edgeId: EdgeId;
  readonly #log: Log;
  readonly #findNode: (nodeId: NodeId) => FleetNode | undefined;
  /** Number of reads started. */
  #reads = 0;

  constructor(
    store: PlaceStore,
    edgeId: EdgeId,
    log: Log,
    findNode: (nodeId: NodeId) => FleetNode | undefined,
  ) {
    this.#store = store;
    this.#edgeId = edgeId;
    this.#log = log;
    this.#findNode = findNode;
  }

  /** The nodes of a room, as far as this edge knows. */
  nodesOf({ places, claims }: RoomHome): readonly NodeId[] {
    return [...new Set([...places?.nodes.keys() ?? [], ...claims.keys()])];
  }

  /** Reads the placements of rooms, and sends changes to their nodes. Never rejects. */
  async refresh(rooms: readonly RoomHome[]): Promise<void> {
    const read = ++this.#reads;
    try {
      const found = await this.#store.readPlaces(rooms.map(({ roomId }) => roomId));
      for (const room of rooms) {
        const places = found.get(room.roomId);
        if (places === undefined || !room.learn(places, read)) continue;
        if (places.version > room.toldVersion) this.#sendAll(room);
      }
    } catch (error) {
      warnOf(this.#log, "placement.unread", error);
    }
  }

  /**
   * Like `refresh` for one room, by a read that starts after this call, so it sees everything written before.
   * Callers during a read share the next one. If the database does not answer, the known placement stays.
   */
  renew(room: RoomHome): Promise<void> {
    const { reads } = room;
    if (reads.now === undefined) {
      return reads.now = this.refresh([room]).then(() => {
        reads.now = undefined;
      });
    }
    return reads.next ??= reads.now.then(() => {
      reads.next = undefined;
      return this.renew(room);
    });
  }

  /** Records that this edge has peers of the room on a node. Returns at once. */
  claim(room: RoomHome, node: FleetNode): void {
    if (room.claims.has(node.nodeId!)) return;
    void this.#claim(room, node, undefined);
  }

  /** Like `claim`; the room's nodes are told before the other edges. */
  claimAtOnce(room: RoomHome, node: FleetNode): void {
    if (room.claims.has(node.nodeId!)) return;
    void this.#claim(room, node, undefined);
    this.#sendAll(room);
  }

  /**
   * Like `claim`, unless the room's placement has changed since it was read; false: it has, and is known now.
   */
  claimIfUnchanged(room: RoomHome, node: FleetNode): Promise<boolean> {
    return this.#claim(room, node, room.places?.version);
  }

  /** A node is lost, and with it the places of all rooms on it. */
  lost(node: FleetNode, rooms: Iterable<RoomHome>): void {
    const { nodeId } = node;
    if (nodeId === undefined) return;
    for (const room of rooms) {
      room.claims.delete(nodeId);
      if (room.places?.nodes.has(nodeId) !== true) continue;
      room.forget(nodeId, ++this.#reads);
      void this.#release(room, nodeId, true);
    }
  }

  /** Sends a room's placement to a node. */
  send({ roomId, placement }: RoomHome, node: FleetNode): void {
    void node.connection.ask<"room.place">({ type: "room.place", roomId, placement });
  }

  /** Records missing claims, releases unused ones, and reads other edges' changes. */
  async tend(rooms: readonly RoomHome[], now: number): Promise<void> {
    const counts: PeerCount[] = [];
    for (const room of rooms) {
      for (const { node } of room.peers.values()) if (node?.isUp) this.claim(room, node);
      for (const [nodeId, claim] of room.claims) {
        const peers = room.countOwn(nodeId);
        claim.emptySince = peers > 0 ? undefined : claim.emptySince ?? now;
        if (claim.emptySince !== undefined && now - claim.emptySince > RELEASE_MS) {
          room.claims.delete(nodeId);
          await this.#release(room, nodeId, false);
        } else if (peers !== claim.counted) {
          claim.counted = peers;
          counts.push({ roomId: room.roomId, nodeId, peers });
        }
      }
    }
    await this.#store.countPeers(counts);
    await this.refresh(rooms);
  }

  async #claim(room: RoomHome, node: FleetNode, ifVersion: number | undefined): Promise<boolean> {
    const { address } = node.connection.profile!;
    room.claims.set(address.nodeId, { address, emptySince: undefined, counted: 1 });
    try {
      const isClaimed = await room.notes.run(() => this.#store.claimPlace(room.roomId, address, ifVersion));
      if (!isClaimed) room.claims.delete(address.nodeId);
      await this.refresh([room]);
      return isClaimed;
    } catch (error) {
      room.claims.delete(address.nodeId);
      warnOf(this.#log, "placement.unclaimed", error);
      return true;
    }
  }

  async #release(room: RoomHome, nodeId: NodeId, everyones: boolean): Promise<void> {
    try {
      await room.notes.run(() => this.#store.releasePlace(room.roomId, nodeId, everyones));
      await this.refresh([room]);
    } catch (error) {
      warnOf(this.#log, "placement.unreleased", error);
    }
  }

  #sendAll(room: RoomHome): void {
    room.toldVersion = room.places?.version ?? -1;
    for (const nodeId of this.nodesOf(room)) {
      const node = this.#findNode(nodeId);
      if (node?.isUp) this.send(room, node);
    }
  }
}
