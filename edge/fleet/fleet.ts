import type {
  EdgeId,
  NodeId,
  ParticipantId,
  PeerAnswer,
  RoomId,
  SpaceId,
  TrackId,
} from "@tafelrunde/protocol";
import {
  MAX_PEER_TRACKS,
  type MediaAnswers,
  type MediaNotice,
  type NodeProfile,
  type PublishedTrack,
} from "@tafelrunde/protocol/media";
import { readRtpCapabilities } from "@tafelrunde/protocol/rtp";
import { attend, guarded } from "@tafelrunde/protocol/process/faults";
import { warnOf } from "../store/unavailable.ts";
import type { Log } from "@tafelrunde/protocol/process/log";
import type { Metrics } from "../metrics.ts";
import type { MediaAsk, MediaOutcome } from "./connection.ts";
import { Arrival } from "./arrival.ts";
import { drain } from "./drain.ts";
import type { FleetEvents, MoveReason } from "./fleet_events.ts";
import type { FleetNode, PeerRef } from "./fleet_node.ts";
import { Opening } from "./opening.ts";
import { Placements, type PlaceStore } from "./placements.ts";
import { Reconciler } from "./reconcile.ts";
import { type PeerHome, type PeerNeed, RoomHome } from "./room_home.ts";
import { Registry, type RegistryStore } from "./registry.ts";
import { SerialQueue } from "@tafelrunde/protocol/process/serial_queue";

/** Interval at which placements are compared with the database, ms. */
const TEND_MS = 1_000;

/** Interval at which the nodes' peers are compared with the logs, ms. */
const RECONCILE_MS = 2_000;

/**
 * How long media of unknown participants is kept, ms: after direct entry a client has 10 s to open its
 * socket.
 */
const GONE_MS = 15_000;

/** After this time at another edge, a participant has not just come back to this one, ms. */
const ELSEWHERE_MS = 500;

/** Longest time for a client to release its old node, ms; then its media is closed there. */
const LEAVE_WITHIN_MS = 19_000;

/** Retry time for a client whose media was lost, ms. */
const RETRY_MS = 2_000;

/**
 * The media nodes as one edge sees them, and the nodes of its participants' media. A room can be on any
 * number of nodes.
 */
export class Fleet implements AsyncDisposable {
  readonly #rooms = new Map<RoomId, RoomHome>();
  readonly #registry: Registry;
  readonly #placements: Placements;
  readonly #opening: Opening;
  readonly #reconciler: Reconciler;
  #reconciledAt = -Infinity;
  readonly #events: FleetEvents;
  readonly #log: Log;
  readonly #metrics: Metrics;
  readonly #stop = new AbortController();
  #tick: Promise<void> = Promise.resolve();

  constructor(
    urls: readonly string[],
    options: {
      clusterKeys: readonly string[];
      edgeId: EdgeId;
      log: Log;
      metrics: Metrics;
      store: PlaceStore & RegistryStore;
      events: FleetEvents;
      silenceMs?: number | undefined;
    },
  ) {
    const { edgeId, log, metrics, events, store } = options;
    this.#events = events;
    this.#log = log;
    this.#metrics = metrics;
    this.#registry = new Registry(urls, {
      ...options,
      events: {
        notice: guarded(log, "media", (node, notice) => this.#onNotice(node, notice)),
        returned: guarded(log, "media", (node) => this.#onReturned(node)),
        lost: guarded(log, "media", (node) => this.#onLost(node)),
        draining: guarded(log, "media", (node) => this.#onDraining(node)),
      },
    });
    this.#placements = new Placements(store, edgeId, log, (nodeId) => this.#registry.find(nodeId));
    this.#opening = new Opening(this.#registry, this.#placements, options);
    this.#reconciler = new Reconciler({
      log,
      metrics,
      findHome: ({ roomId, peerId }) => this.#rooms.get(roomId)?.peers.get(peerId),
      wanted: (peer) => events.wanted(peer),
      catchUp: (roomId) => events.catchUp(roomId),
    });
    const timer = setInterval(() => {
      this.#tick = this.#tick.then(() => this.#tend()).catch((error) => warnOf(log, "fleet.tend", error));
    }, TEND_MS);
    this.#stop.signal.addEventListener("abort", () => clearInterval(timer), { once: true });
  }

  get registry(): Registry {
    return this.#registry;
  }

  /** Nodes that create transports, and all nodes. */
  get size(): { readonly up: number; readonly all: number } {
    const { nodes } = this.#registry;
    return { up: nodes.filter((node) => node.isUp && !node.isFailing).length, all: nodes.length };
  }

  /** Whether every node that is up keeps the spaces of a room apart. */
  get knowsSpaces(): boolean {
    return this.#registry.nodes.every((node) => !node.isUp || node.knowsSpaces);
  }

  /** The nodes that participants of this room may use. */
  async profilesFor(roomId: RoomId): Promise<readonly NodeProfile[]> {
    const room = this.#room(roomId);
    if (room.places === undefined) await this.#placements.renew(room);
    return room.places === undefined ? [] : this.#registry.allowed(room.residency);
  }

  /** Residency rules have changed: tells the nodes of a room, or of all rooms of this edge. */
  async rebound(roomId?: RoomId): Promise<void> {
    const rooms = [...this.#rooms.values()].filter((room) => roomId === undefined || room.roomId === roomId);
    await this.#placements.refresh(rooms);
  }

  /**
   * Notes a client's round trips to the nodes, ms. A client that is not in the room yet moves to a node that
   * is better by more than the measuring error.
   */
  async measured(peer: PeerRef, rttByNode: Readonly<Record<NodeId, number>>): Promise<void> {
    const home = this.#home(peer);
    home.rttByNode = rttByNode;
    if (home.node === undefined || home.need === undefined || home.live) return;
    const room = this.#room(peer.roomId);
    if (this.#opening.choose(room, home) !== home.node) await this.#move(peer, home.node, "nearer");
  }

  /**
   * Creates a media transport for a participant, replacing an existing one; null: no node takes them now, or
   * none takes such an offer.
   */
  async openPeer(
    peer: PeerRef,
    { live, ...need }: PeerNeed & { readonly live: boolean },
    rttByNode?: Readonly<Record<NodeId, number>>,
  ): Promise<PeerAnswer | null> {
    const fit = fitNeed(need);
    if (fit === undefined) return null;
    const home = this.#home(peer);
    return await home.queue.run(async () => {
      home.need = fit;
      home.live = live;
      if (rttByNode !== undefined) home.rttByNode = rttByNode;
      const answer = await this.#open(peer, home);
      this.#letGo(peer, home);
      return answer;
    });
  }

  /**
   * Takes over a participant's media from another edge, or from before an interruption; false: it is gone.
   * `nodeId` null: the client does not say where it is. `sendId`: the client's transport; null: it does not
   * say. `live`: the participant is in the room; for anyone else, media that flows is closed. `need`: for
   * recreating it elsewhere.
   */
  async adoptPeer(
    peer: PeerRef,
    { nodeId, sendId, live, need, rttByNode }: {
      nodeId: NodeId | null;
      sendId: string | null;
      live: boolean;
      need?: PeerNeed;
      rttByNode?: Readonly<Record<NodeId, number>> | undefined;
    },
  ): Promise<boolean> {
    const home = this.#home(peer);
    return await home.queue.run(async () => {
      home.need = (need && fitNeed(need)) ?? home.need;
      home.live = live;
      home.rttByNode = rttByNode ?? home.rttByNode;
      return await this.#adopt(peer, home, nodeId, sendId);
    });
  }

  async #adopt(
    peer: PeerRef,
    home: PeerHome,
    nodeId: NodeId | null,
    sendId: string | null,
  ): Promise<boolean> {
    const room = this.#room(peer.roomId);
    await this.#placements.renew(room);
    const before = home.node;
    for (const candidate of nodeId === null ? this.#placements.nodesOf(room) : [nodeId]) {
      const node = await this.#registry.settled(candidate);
      if (node === undefined || !this.#opening.mayBe(room, node)) continue;
      home.node = node;
      this.#placements.claim(room, node);
      const { live } = home;
      if ("ok" in await node.ask<"peer.adopt">({ type: "peer.adopt", ...peer, sendId, live })) {
        home.leaving.delete(node);
        node.move(peer.roomId, [peer.peerId], this.#spaceOf(peer, home));
        // The client does not know about it.
        if (before !== undefined && before !== node) before.close(peer);
        return true;
      }
      if (home.node === node) home.node = before;
    }
    return false;
  }

  /**
   * A listener for a participant was added. The node repeats notices that had no listener, or went to an
   * earlier one.
   */
  listened(peer: PeerRef, { hadListener }: { hadListener: boolean }): void {
    const home = this.#rooms.get(peer.roomId)?.peers.get(peer.peerId);
    if (home === undefined) return;
    const { missedInterruption: missed, node, live } = home;
    home.missedInterruption = undefined;
    if (missed !== undefined && missed.node === node) {
      this.#events.roomNotice(missed.notice, (peerId) => peerId === peer.peerId);
    }
    if (!home.hasMissed && !hadListener) return;
    home.hasMissed = false;
    void node?.ask<"peer.adopt">({ type: "peer.adopt", ...peer, sendId: null, live });
  }

  /** Starts the prepared media of a participant who has joined. */
  startPeer(peer: PeerRef): void {
    const home = this.#rooms.get(peer.roomId)?.peers.get(peer.peerId);
    if (home === undefined) return;
    home.live = true;
    if (home.need !== undefined) home.need = { ...home.need, blind: false };
    void this.ask<"peer.start">({ type: "peer.start", ...peer });
  }

  /** Moves participants' media into a space; null: the main room. */
  movePeers(roomId: RoomId, peerIds: readonly ParticipantId[], space: SpaceId | null): void {
    const peers = this.#rooms.get(roomId)?.peers;
    const onNodes = new Map<FleetNode, ParticipantId[]>();
    for (const peerId of peerIds) {
      const home = peers?.get(peerId);
      if (home === undefined) continue;
      home.space = space;
      for (const node of [home.node, ...home.leaving]) {
        if (node !== undefined) onNodes.set(node, [...onNodes.get(node) ?? [], peerId]);
      }
    }
    for (const [node, ids] of onNodes) node.move(roomId, ids, space);
  }

  #spaceOf(peer: PeerRef, home: PeerHome): SpaceId | null {
    return home.space = this.#events.wanted(peer)?.space ?? null;
  }

  /** All of the client's media is on `nodeId`: closes what other nodes still have of it. */
  settledOn(peer: PeerRef, nodeId: NodeId): void {
    const home = this.#rooms.get(peer.roomId)?.peers.get(peer.peerId);
    if (home?.node?.nodeId === nodeId) this.#letGo(peer, home);
  }

  closePeer(peer: PeerRef): void {
    const home = this.#rooms.get(peer.roomId)?.peers.get(peer.peerId);
    if (home === undefined) return;
    this.#letGo(peer, home);
    home.node?.close(peer);
    this.#rooms.get(peer.roomId)?.peers.delete(peer.peerId);
  }

  /** Sends a request to the node of a participant's media. Never rejects. */
  ask<Type extends keyof MediaAnswers>(ask: MediaAsk<Type> & PeerRef): Promise<MediaOutcome<Type>> {
    const node = this.#rooms.get(ask.roomId)?.peers.get(ask.peerId)?.node;
    return node === undefined ? Promise.resolve({ refused: "unreachable" }) : node.ask<Type>(ask);
  }

  /**
   * Like `ask`, for requests about the current transport; undefined: it was closed meanwhile, and the client
   * is notified separately.
   */
  async askWhile<Type extends keyof MediaAnswers>(
    ask: MediaAsk<Type> & PeerRef,
  ): Promise<MediaOutcome<Type> | undefined> {
    const nodeOf = () => this.#rooms.get(ask.roomId)?.peers.get(ask.peerId)?.node;
    const node = nodeOf();
    const outcome = await this.ask<Type>(ask);
    const isGone = node !== undefined && (nodeOf() !== node || !node.isUp && node.doubt === undefined);
    return "refused" in outcome && isGone ? undefined : outcome;
  }

  /**
   * Mutes or ends a track on every node that has the participant's media. True: no node forwards it anymore;
   * false: a node has not confirmed that. Never rejects.
   */
  async stopTrack(peer: PeerRef, trackId: TrackId, ends: boolean): Promise<boolean> {
    const home = this.#rooms.get(peer.roomId)?.peers.get(peer.peerId);
    const nodes = new Set([home?.node, ...home?.leaving ?? []].filter((node) => node !== undefined));
    const asked = { ...peer, trackId };
    const outcomes = await Promise.all([...nodes].map(async (node) => {
      const outcome = ends
        ? await node.ask<"track.close">({ type: "track.close", ...asked })
        : await node.ask<"track.mute">({ type: "track.mute", ...asked, muted: true });
      return "ok" in outcome || outcome.refused === "track.unknown" || outcome.refused === "peer.unknown";
    }));
    return outcomes.every(Boolean);
  }

  /**
   * Whether all nodes have confirmed that a participant's media is closed. `isOver`: it was closed so long
   * ago that a node without an answer has closed it by itself.
   */
  async hasEnded(peer: PeerRef, { isOver }: { isOver: boolean }): Promise<boolean> {
    const ending = this.#registry.nodes.filter((node) => node.isEnding(peer));
    await Promise.all(ending.map((node) => node.settled(peer)));
    return !ending.some((node) => node.isEnding(peer) && (node.isUp || !isOver));
  }

  /**
   * Addresses a track on every node that has the participant's media, then has `log` store it; the reconciler
   * leaves the track alone meanwhile. Undefined: a node has not confirmed it.
   */
  async address<Logged>(
    peer: PeerRef,
    { trackId, audience }: { readonly trackId: TrackId; readonly audience: ParticipantId[] },
    log: () => Promise<Logged>,
  ): Promise<Logged | undefined> {
    const home = this.#rooms.get(peer.roomId)?.peers.get(peer.peerId);
    if (home?.node === undefined) return undefined;
    home.publishing.add(trackId);
    try {
      const outcomes = await Promise.all([...new Set([home.node, ...home.leaving])].map(async (node) => {
        const outcome = await node.ask<"track.audience">({
          type: "track.audience",
          ...peer,
          trackId,
          audience,
        });
        // A node that is being left might have neither anymore.
        return "ok" in outcome || node !== home.node && outcome.refused.endsWith(".unknown");
      }));
      return outcomes.every(Boolean) ? await log() : undefined;
    } finally {
      home.publishing.delete(trackId);
    }
  }

  /**
   * Publishes a track on the participant's node, then has `log` store it; the reconciler leaves the track
   * alone meanwhile. Returns the node's refusal, or the result of `log`.
   */
  async publish<Logged>(
    ask: MediaAsk<"track.publish"> & PeerRef,
    log: () => Promise<Logged>,
  ): Promise<Exclude<MediaOutcome<"track.publish">, { ok: unknown }> | Logged> {
    const home = this.#rooms.get(ask.roomId)?.peers.get(ask.peerId);
    home?.publishing.add(ask.trackId);
    try {
      const outcome = await this.ask<"track.publish">(ask);
      if ("refused" in outcome) return outcome;
      if (home !== undefined) {
        this.#keepPublished(ask, home, ask);
        home.arrival?.published(ask.trackId);
      }
      return await log();
    } finally {
      home?.publishing.delete(ask.trackId);
    }
  }

  #keepPublished(
    peer: PeerRef,
    { published }: PeerHome,
    { trackId, source, muted, rtpParameters }: PublishedTrack,
  ): void {
    const wanted = this.#events.wanted(peer);
    for (const id of published.keys()) if (wanted?.tracks.has(id) !== true) published.delete(id);
    if (published.size < MAX_PEER_TRACKS) published.set(trackId, { trackId, source, muted, rtpParameters });
  }

  /** The participant's tracks, with their muted state from the log. */
  #publishedBy(peer: PeerRef, { published }: PeerHome): PublishedTrack[] {
    const wanted = this.#events.wanted(peer);
    return [...published.values()].flatMap((track) => {
      const now = wanted?.tracks.get(track.trackId);
      if (now === undefined) return [];
      const { muted, audience } = now;
      return [{ ...track, muted, ...audience !== null && { audience: [...audience] } }];
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#tick;
    await this.#registry[Symbol.asyncDispose]();
  }

  #room(roomId: RoomId): RoomHome {
    const room = this.#rooms.get(roomId) ?? new RoomHome(roomId);
    this.#rooms.set(roomId, room);
    return room;
  }

  #home({ roomId, peerId }: PeerRef): PeerHome {
    const room = this.#room(roomId);
    const home = room.peers.get(peerId) ??
      {
        node: undefined,
        need: undefined,
        live: false,
        space: null,
        rttByNode: {},
        leaving: new Set(),
        arrival: undefined,
        queue: new SerialQueue(),
        hasMissed: false,
        missedInterruption: undefined,
        goneSince: undefined,
        publishing: new Set(),
        published: new Map(),
      };
    room.peers.set(peerId, home);
    return home;
  }

  /**
   * Creates media on the node chosen now; `isLost`: after its node was lost. Closes it again if the
   * participant has left meanwhile.
   */
  async #open(peer: PeerRef, home: PeerHome, isLost = false): Promise<PeerAnswer | null> {
    const room = this.#room(peer.roomId);
    const lost = isLost ? this.#publishedBy(peer, home) : undefined;
    // Claiming the next place reads the residency rules as well, so recovery does not wait for that.
    if (lost === undefined || room.places === undefined) await this.#placements.renew(room);
    this.#spaceOf(peer, home);
    const answer = await this.#opening.open(room, peer, home, lost);
    const current = room.peers.get(peer.peerId);
    if (current === home) return answer;
    this.#letGo(peer, home);
    if (home.node !== current?.node) home.node?.close(peer);
    return null;
  }

  /**
   * Moves a participant's media off `before`, make before break if that node is alive; no effect if it is not
   * on `before` anymore.
   */
  async #move(peer: PeerRef, before: FleetNode | undefined, reason: MoveReason): Promise<void> {
    const home = this.#rooms.get(peer.roomId)?.peers.get(peer.peerId);
    await home?.queue.run(async () => {
      if (home.node === before) await this.#moveNow(peer, home, reason);
    });
  }

  async #moveNow(peer: PeerRef, home: PeerHome, reason: MoveReason): Promise<void> {
    const before = home.node;
    if (reason === "lost") {
      before?.close(peer);
      home.node = undefined;
    }
    if (this.#events.whereabouts(peer) === "elsewhere") return;
    const answer = home.need === undefined ? null : await this.#open(peer, home, reason === "lost");
    if (answer !== null && home.node === before && reason !== "lost") return;
    if (answer !== null && this.#events.moved(peer, answer, reason === "lost")) {
      this.#metrics.moved.inc({ reason });
      const node = home.node;
      const letGo = () => {
        if (home.node === node) this.#letGo(peer, home);
      };
      const timer = setTimeout(guarded(this.#log, "media", letGo), LEAVE_WITHIN_MS);
      this.#stop.signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
      return;
    }
    // Draining, and no other node takes them: they stay until the node ends.
    if (answer === null && before?.isUp === true && reason !== "outside") return;
    this.#events.lost(peer, answer === null && home.need !== undefined ? RETRY_MS : 0);
  }

  #letGo(peer: PeerRef, home: PeerHome): void {
    for (const node of home.leaving) if (node !== home.node) node.close(peer);
    home.leaving.clear();
    home.arrival?.end();
  }

  #onNotice(node: FleetNode, notice: Exclude<MediaNotice, { type: "load" }>): void {
    const room = this.#rooms.get(notice.roomId);
    const isOn = (peerId: ParticipantId) => room?.peers.get(peerId)?.node === node;
    if (notice.type === "room.interrupted") {
      for (const [peerId, home] of room?.peers ?? []) {
        const isHeard = this.#events.whereabouts({ roomId: notice.roomId, peerId }) === "here";
        if (home.node === node && !isHeard) home.missedInterruption = { node, notice };
      }
    }
    if (notice.type === "speakers" || notice.type === "room.interrupted") {
      return this.#events.roomNotice(notice, isOn);
    }
    // Notices about media that is being released do not matter.
    if (!isOn(notice.peerId)) return;
    if (notice.type !== "peer.closed") {
      if (!this.#events.notice(notice)) room!.peers.get(notice.peerId)!.hasMissed = true;
      return;
    }
    if (notice.why === "outside") this.#opening.refuseOutside(node);
    const { roomId, peerId } = notice;
    this.#attend(this.#move({ roomId, peerId }, node, notice.why === "outside" ? "outside" : "lost"), notice);
  }

  /** The node answers again and might have forgotten peers. */
  #onReturned(node: FleetNode): void {
    for (const peer of this.#peersOn(node)) {
      const live = this.#rooms.get(peer.roomId)?.peers.get(peer.peerId)?.live ?? false;
      this.#attend(this.#readopt(peer, node, live), peer);
    }
    for (const room of this.#rooms.values()) {
      if (this.#placements.nodesOf(room).includes(node.nodeId!)) this.#placements.send(room, node);
    }
    void this.#reconciler.look(node);
  }

  async #readopt(peer: PeerRef, node: FleetNode, live: boolean): Promise<void> {
    const outcome = await node.ask<"peer.adopt">({ type: "peer.adopt", ...peer, sendId: null, live });
    if ("ok" in outcome) {
      const home = this.#rooms.get(peer.roomId)?.peers.get(peer.peerId);
      if (home !== undefined) node.move(peer.roomId, [peer.peerId], this.#spaceOf(peer, home));
    }
    if ("refused" in outcome && outcome.refused !== "unreachable") await this.#move(peer, node, "lost");
  }

  #onLost(node: FleetNode): void {
    const peers = this.#peersOn(node);
    this.#log.warn("node.lost", { node: node.url, peers: peers.length });
    this.#placements.lost(node, this.#rooms.values());
    for (const peer of peers) this.#attend(this.#move(peer, node, "lost"), peer);
  }

  #onDraining(node: FleetNode): void {
    const peers = this.#peersOn(node);
    this.#log.info("node.draining", { node: node.url, peers: peers.length });
    attend(this.#log, "media", drain(peers, (peer) => this.#leave(peer, node), this.#stop.signal));
  }

  /**
   * Moves a client off a draining node; resolves when its tracks arrive at the next one. (It needs the old
   * one until all others have moved.) Never rejects.
   */
  async #leave(peer: PeerRef, node: FleetNode): Promise<void> {
    const home = this.#rooms.get(peer.roomId)?.peers.get(peer.peerId);
    if (home === undefined) return;
    const arrival = new Arrival(this.#publishedBy(peer, home));
    home.arrival = arrival;
    const move = async () => {
      await this.#move(peer, node, "drain");
      if (home.leaving.size === 0) arrival.end();
      else arrival.moved();
    };
    this.#attend(move(), peer);
    await arrival.whenDone;
  }

  /**
   * Runs work on a participant's media that nobody awaits: if our own code fails, they are notified that the
   * media is gone.
   */
  #attend(work: Promise<void>, peer: PeerRef): void {
    attend(this.#log, "media", work, () => this.#events.lost(peer, RETRY_MS));
  }

  #peersOn(node: FleetNode): PeerRef[] {
    return [...this.#rooms.values()].flatMap(({ roomId, peers }) =>
      [...peers].flatMap(([peerId, home]) => home.node === node ? [{ roomId, peerId }] : [])
    );
  }

  async #tend(): Promise<void> {
    const now = performance.now();
    for (const [roomId, { peers }] of this.#rooms) {
      for (const [peerId, home] of peers) this.#tendPeer({ roomId, peerId }, home, now);
    }
    for (const node of this.#registry.nodes) node.tend();
    if (now - this.#reconciledAt >= RECONCILE_MS) {
      this.#reconciledAt = now;
      for (const node of this.#registry.nodes) if (node.isUp) void this.#reconciler.look(node);
    }
    await this.#registry.tend();
    await this.#placements.tend([...this.#rooms.values()], now);
    for (const [roomId, room] of this.#rooms) {
      if (room.peers.size === 0 && room.claims.size === 0) this.#rooms.delete(roomId);
    }
  }

  #tendPeer(peer: PeerRef, home: PeerHome, now: number): void {
    switch (this.#events.whereabouts(peer)) {
      case "here":
      case "away":
        home.goneSince = undefined;
        return;
      case "elsewhere":
        home.goneSince ??= now;
        if (now - home.goneSince < ELSEWHERE_MS) return;
        for (const node of [...home.leaving, home.node]) node?.release(peer);
        this.#rooms.get(peer.roomId)?.peers.delete(peer.peerId);
        return;
      case "gone":
        home.goneSince ??= now;
        if (now - home.goneSince > GONE_MS) this.closePeer(peer);
    }
  }
}

/** `need` with only those parts of its offer that nodes support; undefined: no node would take it. */
function fitNeed(need: PeerNeed): PeerNeed | undefined {
  const capabilities = readRtpCapabilities(need.offer.capabilities);
  return capabilities && { ...need, offer: { ...need.offer, capabilities } };
}
