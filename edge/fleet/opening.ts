import type { EdgeId, PeerAnswer } from "@tafelrunde/protocol";
import { ANYWHERE, isInside, MAX_FIRST_VIDEOS, type PublishedTrack } from "@tafelrunde/protocol/media";
import type { Log } from "@tafelrunde/protocol/process/log";
import type { Metrics } from "../metrics.ts";
import { choose, whyChosen } from "./choose.ts";
import type { FleetNode, PeerRef } from "./fleet_node.ts";
import type { Placements } from "./placements.ts";
import type { Registry } from "./registry.ts";
import type { PeerHome, RoomHome } from "./room_home.ts";

/** Chooses a node for a participant and creates their media there. */
export class Opening {
  readonly #registry: Registry;
  readonly #placements: Placements;
  readonly #edgeId: EdgeId;
  readonly #log: Log;
  readonly #metrics: Metrics;

  constructor(
    registry: Registry,
    placements: Placements,
    { edgeId, log, metrics }: { edgeId: EdgeId; log: Log; metrics: Metrics },
  ) {
    this.#registry = registry;
    this.#placements = placements;
    this.#edgeId = edgeId;
    this.#log = log;
    this.#metrics = metrics;
  }

  /**
   * Creates the participant's media on a node chosen now. Their old node is left, and keeps the media until
   * released. `lost`: the tracks they published, if their node was lost; then nothing is awaited that can be
   * done in parallel.
   */
  async open(
    room: RoomHome,
    peer: PeerRef,
    home: PeerHome,
    lost?: readonly PublishedTrack[],
  ): Promise<PeerAnswer | null> {
    // Without known residency rules, no node is allowed.
    if (room.places === undefined) return null;
    const refused = new Set<FleetNode>();
    const before = home.node;
    for (;;) {
      const node = await this.#placeIn(room, home, { refused, isUrgent: lost !== undefined });
      if (node === undefined) break;
      if (home.need === undefined) break;
      const { share, ...need } = home.need;
      const { placement } = room;
      const { space } = home;
      const outcome = await node.ask<"peer.open">({
        type: "peer.open",
        ...peer,
        ...need,
        ...share,
        tracks: [...lost ?? []],
        live: home.live,
        placement,
        ...space !== null && { space },
        beside: before?.isDraining ? before.nodeId! : null,
        // A grid of nine fits every screen; more come with the first `view.set`.
        videos: MAX_FIRST_VIDEOS,
      });
      if ("ok" in outcome && !this.mayBe(room, node)) {
        // The residency rules changed while the node was asked, possibly before it had a peer of the room.
        node.close(peer);
        refused.add(node);
        continue;
      }
      if ("ok" in outcome) {
        if (before !== undefined && before !== node) home.leaving.add(before);
        home.leaving.delete(node);
        // The node ignored updates while it had no peer of the room.
        if (room.placement.version !== placement.version) this.#placements.send(room, node);
        if (home.space !== space) node.move(peer.roomId, [peer.peerId], home.space);
        const why = whyChosen(this.#needOf(room, home), this.#candidates(room, home), node.nodeId!);
        return { ...outcome.ok, why };
      }
      refused.add(node);
      // No other node takes the offer either.
      if (outcome.refused === "offer.invalid") break;
      // The node might have received the request and been about to answer.
      if (outcome.refused === "unreachable") node.close(peer);
      if (outcome.refused === "node.outside") this.refuseOutside(node);
      this.#log.warn("peer.refused", { node: node.url, refused: outcome.refused });
    }
    home.node = before?.isUp ? before : undefined;
    return null;
  }

  /**
   * Chooses a node and records it for all edges, so the next choice for the room sees that it is open
   * already.
   */
  async #placeIn(
    room: RoomHome,
    home: PeerHome,
    { refused, isUrgent }: { readonly refused: ReadonlySet<FleetNode>; readonly isUrgent: boolean },
  ): Promise<FleetNode | undefined> {
    await this.#registry.settledFor(this.#placements.nodesOf(room));
    if (isUrgent) return this.#takeAtOnce(room, home, refused);
    return await room.choices.run(() => this.#takePlace(room, home, refused));
  }

  /**
   * Like `#takePlace`, without awaiting other edges' choices: at worst the room is on one node more than
   * necessary.
   */
  #takeAtOnce(room: RoomHome, home: PeerHome, refused: ReadonlySet<FleetNode>): FleetNode | undefined {
    const node = this.choose(room, home, refused);
    if (node === undefined) return undefined;
    home.node = node;
    node.countNewcomer();
    this.#placements.claimAtOnce(room, node);
    return node;
  }

  async #takePlace(
    room: RoomHome,
    home: PeerHome,
    refused: ReadonlySet<FleetNode>,
  ): Promise<FleetNode | undefined> {
    // A failed try means that another edge was faster; its choice is known now.
    for (let tries = 0; tries < 3; tries++) {
      const node = this.choose(room, home, refused);
      if (node === undefined) return undefined;
      home.node = node;
      node.countNewcomer();
      const isNew = room.countPeers(node.nodeId!, this.#edgeId) === 1 && !room.claims.has(node.nodeId!);
      if (!isNew) {
        this.#placements.claim(room, node);
        return node;
      }
      if (tries === 2 || await this.#placements.claimIfUnchanged(room, node)) return node;
    }
    return home.node;
  }

  /** The node that the participant would get now. */
  choose(room: RoomHome, home: PeerHome, refused: ReadonlySet<FleetNode> = new Set()): FleetNode | undefined {
    const candidates = this.#candidates(room, home).filter(({ address: { nodeId } }) =>
      ![...refused].some((node) => node.nodeId === nodeId)
    );
    const nodeId = choose(this.#needOf(room, home), candidates);
    if (nodeId === undefined && choose({ ...this.#needOf(room, home), residency: ANYWHERE }, candidates)) {
      this.refuseOutside(undefined);
    }
    return nodeId && this.#registry.find(nodeId);
  }

  #needOf(room: RoomHome, home: PeerHome) {
    const { roomId, residency } = room;
    return { roomId, residency, rttByNode: home.rttByNode, current: home.node?.nodeId ?? null };
  }

  #candidates(room: RoomHome, home: PeerHome) {
    return this.#registry.nodes.flatMap((node) => {
      if (node.nodeId === undefined || home.space !== null && !node.knowsSpaces) return [];
      const own = home.node === node ? 1 : 0;
      return node.candidate(room.countPeers(node.nodeId, this.#edgeId) - own) ?? [];
    });
  }

  /** Whether the room may be on a node; a refusal is logged and counted. */
  mayBe(room: RoomHome, node: FleetNode): boolean {
    const { profile } = node.connection;
    const isAllowed = profile !== undefined && room.places !== undefined &&
      isInside(profile.address, room.places.residency);
    if (!isAllowed) this.refuseOutside(node);
    return isAllowed;
  }

  /** Counts and logs that a room may not be on a node; undefined: on none of those that are up. */
  refuseOutside(node: FleetNode | undefined): void {
    this.#metrics.outside.inc();
    this.#log.warn("residency.refused", { node: node?.nodeId ?? "every node that is up" });
  }
}
