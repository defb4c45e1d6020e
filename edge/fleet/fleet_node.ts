import type { EdgeId, NodeId, ParticipantId, RoomId, SpaceId } from "@tafelrunde/protocol";
import {
  type MediaAnswers,
  type MediaNotice,
  type MediaNoticeOf,
  type NodeState,
  SPACES_CHANNEL,
} from "@tafelrunde/protocol/media";
import type { Log } from "@tafelrunde/protocol/process/log";
import type { Candidate } from "./choose.ts";
import {
  connectToNode,
  type MediaAsk,
  type MediaOutcome,
  type NodeConnection,
  QUIET_MS,
} from "./connection.ts";
import { Rest } from "./rest.ts";

/**
 * Silence after which a node is lost, ms. After QUIET_MS a new connection is tried, and TCP repeats a lost
 * packet of it (1 s).
 */
export const SILENCE_MS = 2_400;

/** Most unconfirmed closings; more than peers fit on a node. */
const MAX_ENDINGS = 10_000;

/** A participant's media in a room. */
export interface PeerRef {
  readonly roomId: RoomId;
  readonly peerId: ParticipantId;
}

/** Events of a node for the fleet. */
export interface NodeEvents {
  notice(node: FleetNode, notice: Exclude<MediaNotice, { type: "load" }>): void;
  /** Whether this connection to the node is wanted; false: there is another one. */
  meets(node: FleetNode, nodeId: NodeId): boolean;
  /** The node answers again, and has kept its state. */
  returned(node: FleetNode): void;
  /** The node's state is gone: it was silent for too long, its process ended, or another process answers. */
  lost(node: FleetNode): void;
  /** The node asks for its peers to be moved. */
  draining(node: FleetNode): void;
}

type Ending = MediaAsk<"peer.close" | "peer.release">;

/** While it is unknown whether a node is alive. */
interface Doubt {
  readonly timer: ReturnType<typeof setTimeout>;
  readonly over: Promise<void>;
  readonly end: () => void;
}

/** One media node as this edge sees it. */
export class FleetNode implements AsyncDisposable {
  readonly url: string;
  /** Whether other edges may learn `url`. */
  readonly isRegistered: boolean;
  readonly connection: NodeConnection;
  readonly #events: NodeEvents;
  readonly #rest = new Rest();
  /** Unconfirmed requests about peers that have left or moved: repeated until confirmed. */
  readonly #endings = new Map<ParticipantId, Ending>();
  readonly #sending = new Map<Ending, Promise<void>>();
  #doubt: Doubt | undefined;
  #runId: string | undefined;
  #load: MediaNoticeOf<"load"> | undefined;
  /** Peers added since the last load report. */
  #newcomers = 0;

  constructor(
    url: string,
    options: {
      isRegistered: boolean;
      clusterKeys: readonly string[];
      edgeId: EdgeId;
      log: Log;
      events: NodeEvents;
      /** Replaces SILENCE_MS. */
      silenceMs?: number | undefined;
    },
  ) {
    const { silenceMs = SILENCE_MS } = options;
    this.url = url;
    this.isRegistered = options.isRegistered;
    this.#events = options.events;
    this.connection = connectToNode(url, {
      ...options,
      events: {
        meets: (nodeId) => options.events.meets(this, nodeId),
        notice: (notice) => this.#onNotice(notice),
        proved: () => this.#onProved(),
        up: () => this.#onUp(),
        down: () => this.#beginDoubt(silenceMs - QUIET_MS),
        refused: () => this.#onRefused(),
      },
    });
    this.#beginDoubt(silenceMs);
  }

  /** Known once the node has answered. */
  get nodeId(): NodeId | undefined {
    return this.connection.profile?.address.nodeId;
  }

  get isUp(): boolean {
    return this.connection.isUp;
  }

  /** Whether the node keeps the spaces of a room apart. */
  get knowsSpaces(): boolean {
    return this.connection.version >= SPACES_CHANNEL;
  }

  /** The node is up, and its peers have to move elsewhere. */
  get isDraining(): boolean {
    return this.isUp && this.#load?.state === "draining";
  }

  /** The node answers, but cannot create transports. */
  get isFailing(): boolean {
    return this.isUp && this.#load?.state === "failing";
  }

  /** Resolves when it is known whether the node is alive; undefined: it is known. */
  get doubt(): Promise<void> | undefined {
    return this.#doubt?.over;
  }

  /** The node has never answered yet, and still might. */
  get isNew(): boolean {
    return this.#runId === undefined && this.#doubt !== undefined;
  }

  /** The node as a candidate; undefined: it does not answer. */
  candidate(roomPeers: number): Candidate | undefined {
    const { profile } = this.connection;
    if (!this.isUp || profile === undefined) return undefined;
    return {
      address: profile.address,
      state: this.#load?.state ?? "up",
      isResting: !this.#rest.isOver(performance.now()),
      load: this.#loadShare(),
      roomPeers,
    };
  }

  /** The node's state, for its operator. */
  get report(): {
    readonly state: NodeState | "resting" | "lost";
    readonly load: number;
    readonly peers: number;
  } {
    if (!this.isUp) return { state: "lost", load: 0, peers: 0 };
    const state = this.#load?.state ?? "up";
    const isResting = state === "up" && !this.#rest.isOver(performance.now());
    return { state: isResting ? "resting" : state, load: this.#loadShare(), peers: this.#load?.peers ?? 0 };
  }

  /** Counts a peer that was sent there. */
  countNewcomer(): void {
    this.#newcomers++;
  }

  /** Moves participants' media into a space; null: the main room. An older node has all in the main room. */
  move(roomId: RoomId, peerIds: ParticipantId[], space: SpaceId | null): void {
    if (this.knowsSpaces) {
      void this.connection.ask<"peers.move">({ type: "peers.move", roomId, peerIds, space });
    }
  }

  /** Sends a request about a participant's media. Never rejects. */
  ask<Type extends keyof MediaAnswers>(ask: MediaAsk<Type> & PeerRef): Promise<MediaOutcome<Type>> {
    if (ask.type === "peer.open" || ask.type === "peer.adopt") this.#endings.delete(ask.peerId);
    return this.connection.ask<Type>(ask);
  }

  /** Closes a participant's media there, repeatedly until confirmed. `unseen`: no log has the participant. */
  close(peer: PeerRef, { unseen = false } = {}): void {
    this.#end({ type: "peer.close", ...peer, ...unseen && { unseen } });
  }

  /** Leaves it to other edges to close or adopt a participant's media there. */
  release(peer: PeerRef): void {
    this.#end({ type: "peer.release", ...peer });
  }

  /** Whether the node has not confirmed yet that a participant's media is closed or released. */
  isEnding({ peerId }: PeerRef): boolean {
    return this.#endings.has(peerId);
  }

  /** Repeats unconfirmed requests. */
  tend(): void {
    if (this.isUp) { for (const ending of this.#endings.values()) void this.#send(ending); }
  }

  #end(ending: Ending): void {
    if (this.#runId === undefined) return;
    const { peerId } = ending;
    this.#endings.delete(peerId);
    // The oldest has been tried for long, and the node by itself closes media that no edge wants.
    if (this.#endings.size >= MAX_ENDINGS) this.#endings.delete(this.#endings.keys().next().value!);
    this.#endings.set(peerId, ending);
    if (this.isUp) void this.#send(ending);
  }

  /** Resolves when a pending close or release of a participant's media is answered. */
  async settled({ peerId }: PeerRef): Promise<void> {
    const ending = this.#endings.get(peerId);
    if (ending !== undefined) await this.#sending.get(ending);
  }

  #send(ending: Ending): Promise<void> {
    const sending = this.#sending.get(ending) ??
      this.#ask(ending).finally(() => this.#sending.delete(ending));
    this.#sending.set(ending, sending);
    return sending;
  }

  async #ask(ending: Ending): Promise<void> {
    const outcome = await this.connection.ask<Ending["type"]>(ending);
    if ("ok" in outcome && this.#endings.get(ending.peerId) === ending) this.#endings.delete(ending.peerId);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#endDoubt();
    await this.connection[Symbol.asyncDispose]();
  }

  /** Share of its scarcest resource in use, 0 to 1, whatever the node reports. */
  #loadShare(): number {
    const { capacity } = this.connection.profile!;
    const { cpu, peers, sendBps, recvBps } = this.#load ?? { cpu: [], peers: 0, sendBps: 0, recvBps: 0 };
    const busy = cpu.reduce((sum, worker) => sum + worker, 0) / Math.max(1, cpu.length);
    const bandwidth = capacity.bandwidthBps === 0 ? 0 : Math.max(sendBps, recvBps) / capacity.bandwidthBps;
    const crowd = capacity.peers === 0 ? 1 : (peers + this.#newcomers) / capacity.peers;
    return Math.min(1, Math.max(busy, bandwidth, crowd));
  }

  #onNotice(notice: MediaNotice): void {
    if (notice.type !== "load") return this.#events.notice(this, notice);
    const wasDraining = this.isDraining;
    this.#load = notice;
    this.#newcomers = 0;
    if (notice.state === "draining" && !wasDraining) this.#events.draining(this);
  }

  #onProved(): void {
    const { runId } = this.connection.profile!;
    const isSameRun = this.#runId === runId;
    const isFirst = this.#runId === undefined;
    const wasGivenUp = this.#doubt === undefined;
    this.#endDoubt();
    this.#runId = runId;
    this.#load = undefined;
    this.#newcomers = 0;
    if (!isSameRun) this.#endings.clear();
    if (!isSameRun && !isFirst && !wasGivenUp) this.#lose();
  }

  #onUp(): void {
    this.tend();
    this.#rest.returned(performance.now());
    this.#events.returned(this);
  }

  #beginDoubt(forMs: number): void {
    this.#endDoubt();
    const { promise: over, resolve: end } = Promise.withResolvers<void>();
    this.#doubt = { timer: setTimeout(() => this.#lose(), forMs), over, end };
  }

  /** Nothing listens there: an earlier process has ended, but one that is starting might still come up. */
  #onRefused(): void {
    if (this.#runId !== undefined && this.#doubt !== undefined) this.#lose();
  }

  #lose(): void {
    this.#endDoubt();
    if (this.#runId !== undefined) this.#rest.lost(performance.now());
    this.connection.giveUp();
    this.#events.lost(this);
  }

  #endDoubt(): void {
    clearTimeout(this.#doubt?.timer);
    this.#doubt?.end();
    this.#doubt = undefined;
  }
}
