import type { EdgeId, NodeId, ParticipantId, RoomId } from "@tafelrunde/protocol";
import type { MediaAnswers, MediaNotice, MediaNoticeOf, NodeState } from "@tafelrunde/protocol/media";
import type { Log } from "../log.ts";
import type { Candidate } from "./choose.ts";
import { type MediaAsk, type MediaOutcome, NodeConnection, QUIET_MS } from "./connection.ts";
import { Rest } from "./rest.ts";

/** A node that nothing has been heard of for so long is lost, ms. After QUIET_MS it is called again, and a lost call repeated by TCP (1 s). */
export const SILENCE_MS = 2_400;

/** Most endings that a node has not confirmed; more than people fit on it. */
const MAX_ENDINGS = 10_000;

/** A person's media in a room. */
export interface PeerRef {
  readonly roomId: RoomId;
  readonly peerId: ParticipantId;
}

/** What happens to a node, told to the fleet. */
export interface NodeEvents {
  notice(node: FleetNode, notice: Exclude<MediaNotice, { type: "load" }>): void;
  /** Whether this connection to that node is wanted; false: there is another one. */
  meets(node: FleetNode, nodeId: NodeId): boolean;
  /** It answers, and knows what it knew before. */
  returned(node: FleetNode): void;
  /** What was on it is gone: it has been silent for too long, its process has ended, or another one answers. */
  lost(node: FleetNode): void;
  /** It asks that its people be moved. */
  draining(node: FleetNode): void;
}

type Ending = MediaAsk<"peer.close" | "peer.release">;

/** While it is not known whether a node lives. */
interface Doubt {
  readonly timer: ReturnType<typeof setTimeout>;
  readonly over: Promise<void>;
  readonly end: () => void;
}

/** One media node as this edge sees it. */
export class FleetNode implements AsyncDisposable {
  readonly url: string;
  /** Whether other edges may be told of `url`. */
  readonly isRegistered: boolean;
  readonly connection: NodeConnection;
  readonly #events: NodeEvents;
  readonly #rest = new Rest();
  /** What it has not confirmed yet about people who are elsewhere now, or gone: repeated until it has. */
  readonly #endings = new Map<ParticipantId, Ending>();
  readonly #telling = new Map<Ending, Promise<void>>();
  #doubt: Doubt | undefined;
  #runId: string | undefined;
  #load: MediaNoticeOf<"load"> | undefined;
  /** People who came since the last load was told. */
  #newcomers = 0;

  constructor(
    url: string,
    options: {
      isRegistered: boolean;
      clusterKeys: readonly string[];
      edgeId: EdgeId;
      log: Log;
      events: NodeEvents;
      /** In place of SILENCE_MS. */
      silenceMs?: number | undefined;
    },
  ) {
    const { silenceMs = SILENCE_MS } = options;
    this.url = url;
    this.isRegistered = options.isRegistered;
    this.#events = options.events;
    this.connection = new NodeConnection(url, {
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

  /** Known once it has answered. */
  get nodeId(): NodeId | undefined {
    return this.connection.profile?.address.nodeId;
  }

  get isUp(): boolean {
    return this.connection.isUp;
  }

  /** It lives, and its people are to go elsewhere. */
  get isDraining(): boolean {
    return this.isUp && this.#load?.state === "draining";
  }

  /** It answers, and makes no transports. */
  get isFailing(): boolean {
    return this.isUp && this.#load?.state === "failing";
  }

  /** Resolves when it is known whether the node lives; undefined: it is. */
  get doubt(): Promise<void> | undefined {
    return this.#doubt?.over;
  }

  /** It has never answered yet, and may. */
  get isNew(): boolean {
    return this.#runId === undefined && this.#doubt !== undefined;
  }

  /** The node as it counts for a choice; undefined: it does not answer. */
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

  /** How it is, for its operator. */
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

  /** Somebody was sent there. */
  countNewcomer(): void {
    this.#newcomers++;
  }

  /** Asks for something about a person's media there. Never rejects. */
  ask<Type extends keyof MediaAnswers>(ask: MediaAsk<Type> & PeerRef): Promise<MediaOutcome<Type>> {
    if (ask.type === "peer.open" || ask.type === "peer.adopt") this.#endings.delete(ask.peerId);
    return this.connection.ask<Type>(ask);
  }

  /** Closes a person's media there; again until the node has confirmed it. `unseen`: no log has the person. */
  close(peer: PeerRef, { unseen = false } = {}): void {
    this.#end({ type: "peer.close", ...peer, ...unseen && { unseen } });
  }

  /** Leaves it to others to close a person's media there, or to adopt it. */
  release(peer: PeerRef): void {
    this.#end({ type: "peer.release", ...peer });
  }

  /** Whether the node has not confirmed yet that a person's media there is closed, or left to others. */
  isEnding({ peerId }: PeerRef): boolean {
    return this.#endings.has(peerId);
  }

  /** Repeats what the node has not confirmed. */
  tend(): void {
    if (this.isUp) { for (const ending of this.#endings.values()) void this.#tell(ending); }
  }

  #end(ending: Ending): void {
    if (this.#runId === undefined) return;
    const { peerId } = ending;
    this.#endings.delete(peerId);
    // The oldest has been tried for long: the node ends by itself what no edge cares for.
    if (this.#endings.size >= MAX_ENDINGS) this.#endings.delete(this.#endings.keys().next().value!);
    this.#endings.set(peerId, ending);
    if (this.isUp) void this.#tell(ending);
  }

  /** Resolves when a request about the end of a person's media there that is under way is answered. */
  async settled({ peerId }: PeerRef): Promise<void> {
    const ending = this.#endings.get(peerId);
    if (ending !== undefined) await this.#telling.get(ending);
  }

  #tell(ending: Ending): Promise<void> {
    const telling = this.#telling.get(ending) ??
      this.#ask(ending).finally(() => this.#telling.delete(ending));
    this.#telling.set(ending, telling);
    return telling;
  }

  async #ask(ending: Ending): Promise<void> {
    const outcome = await this.connection.ask<Ending["type"]>(ending);
    if ("ok" in outcome && this.#endings.get(ending.peerId) === ending) this.#endings.delete(ending.peerId);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#endDoubt();
    await this.connection[Symbol.asyncDispose]();
  }

  /** Share of what it can bear, by what it has least of, 0 to 1, whatever it says of itself. */
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

  /** Nothing listens there. A process that was there has ended then; one that starts may still come. */
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
