import { isIP } from "node:net";
import type { NodeId, RoomId, TrackId } from "@tafelrunde/protocol";
import type {
  AnnouncedTrack,
  CascadeAnswers,
  CascadeNotice,
  CascadeRequestOf,
  PipeEnd,
} from "@tafelrunde/protocol/cascade";
import type { NodeAddress, NodeProfile, Residency } from "@tafelrunde/protocol/media";
import type { types } from "mediasoup";
import { attend, guarded } from "@tafelrunde/protocol/process/faults";
import type { Log } from "@tafelrunde/protocol/process/log";
import { LinkRefusal, type NodeLink } from "./node_link.ts";
import { Inlet, type PipeSource } from "./pipe_inlet.ts";
import type { PipeAddress, PipeAddresses, PipePort, PipeScope } from "./pipe_port.ts";
import type { RoomRouter } from "./room_router.ts";
import type { Speaker } from "./speakers.ts";

/**
 * How long a node can be disconnected before its tracks count as interrupted, ms: longer than a reconnection.
 */
const INTERRUPTED_AFTER_MS = 1_500;

/** Interval between checks of the pipes, ms. */
const WATCH_INTERVAL_MS = 1_000;

/**
 * How long a pipe that should carry media can be silent before it is reopened, ms. Audio sends 50 packets a
 * second, 2.5 in DTX; a camera sends more; RTCP arrives at least every second for video.
 */
const SILENT_AFTER_MS = 2_500;

/** Delay before a node that refused to be followed is asked again, ms. */
const REFUSED_RETRY_MS = 5_000;

/** Callbacks for what changes in a room on the followed node. */
export interface UpstreamEvents {
  /** All tracks that the node has; earlier ones that are not listed have ended. */
  tracks(tracks: readonly AnnouncedTrack[]): void;
  changed(tracks: readonly AnnouncedTrack[], ended: readonly string[]): void;
  /** The node restarted and lost all state. */
  restarted(): void;
  speakers(speakers: readonly Speaker[]): void;
  /** Tracks of which the node receives no media. */
  silent(trackIds: readonly TrackId[]): void;
  /** Whether the node's tracks arrive. */
  interrupted(isInterrupted: boolean): void;
  /** Whether media should come through this pipe now. */
  shouldFlow(inlet: Inlet): boolean;
}

export interface UpstreamOptions {
  readonly roomId: RoomId;
  readonly node: NodeAddress;
  readonly scope: Exclude<PipeScope, "inside">;
  readonly addresses: PipeAddresses;
  readonly residency: () => Residency;
  readonly events: UpstreamEvents;
  readonly log: Log;
  /**
   * Opens the connection to the node, until `unlink`; undefined if it has no address that this node can use.
   */
  readonly link: (events: UpstreamLink) => NodeLink | undefined;
  readonly unlink: () => void;
}

/** Callbacks of a link for one room that uses it. */
export interface UpstreamLink {
  up(profile: NodeProfile): void;
  down(): void;
  notice(notice: CascadeNotice): void;
}

/** The last observation of a pipe. */
interface Seen {
  bytes: number;
  changedAt: number;
  /** Bytes sent into the pipe, as first reported since it fell silent. */
  sent: number | undefined;
}

/** What one room here receives from one other node: its tracks, its speakers and its pipes. */
export class Upstream implements Disposable {
  readonly nodeId: NodeId;
  readonly #options: UpstreamOptions;
  readonly #link: NodeLink | undefined;
  readonly #inlets = new Map<Inlet, Seen>();
  readonly #watch: ReturnType<typeof setInterval>;
  #runId: string | undefined;
  #isFollowing = false;
  #isInterrupted = false;
  /** Media sent into a pipe does not arrive. */
  #isCut = false;
  #isEnded = false;
  #lostAt = performance.now();
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(options: UpstreamOptions) {
    this.#options = options;
    this.nodeId = options.node.nodeId;
    this.#watch = setInterval(guarded(options.log, "job", () => this.#look()), WATCH_INTERVAL_MS);
    this.#link = options.link({
      up: (profile) => this.#up(profile),
      down: () => this.#down(),
      notice: (notice) => this.#notice(notice),
    });
  }

  /** The run id of the followed node; a track of another run is a different track. */
  get runId(): string {
    return this.#runId ?? "";
  }

  #up({ runId }: NodeProfile): void {
    if (this.#runId !== undefined && this.#runId !== runId) {
      for (const inlet of [...this.#inlets.keys()]) inlet.close();
      this.#options.events.restarted();
    }
    this.#runId = runId;
    attend(this.#options.log, "channel", this.#follow());
  }

  async #follow(): Promise<void> {
    const { roomId, residency, events, log } = this.#options;
    clearTimeout(this.#retry);
    try {
      const { tracks } = await this.#ask<"room.follow">({
        type: "room.follow",
        roomId,
        residency: residency(),
      });
      if (this.#isEnded) return;
      this.#isFollowing = true;
      events.tracks(tracks);
      await Promise.all([...this.#inlets.keys()].map((inlet) => this.#rejoin(inlet)));
      this.#judge();
    } catch (error) {
      if (this.#isEnded) return;
      const refused = error instanceof LinkRefusal ? error.refused : "node.failed";
      if (refused === "unreachable" && this.#link?.isUp !== true) return;
      log.warn("upstream.refused", { nodeId: this.nodeId, refused });
      this.#retry = setTimeout(guarded(log, "job", () => this.#follow()), REFUSED_RETRY_MS);
    }
  }

  /** The node may have closed a pipe during an interruption. */
  async #rejoin(inlet: Inlet): Promise<void> {
    const isJoined = await inlet.isJoined().catch(() => false);
    if (!isJoined) inlet.close();
  }

  #down(): void {
    this.#isFollowing = false;
    this.#lostAt = performance.now();
    clearTimeout(this.#retry);
  }

  #notice(notice: CascadeNotice): void {
    const { roomId, events } = this.#options;
    switch (notice.type) {
      case "room.tracks":
        if (notice.roomId === roomId) events.changed(notice.tracks, notice.ended);
        return;
      case "room.speakers":
        if (notice.roomId === roomId) events.speakers(notice.speakers);
        return;
      case "room.silent":
        if (notice.roomId === roomId) events.silent(notice.trackIds);
        return;
      case "pipe.closed":
        for (const inlet of [...this.#inlets.keys()]) {
          if (notice.pipeIds.includes(inlet.id)) inlet.close();
        }
        return;
      default:
        notice satisfies never;
    }
  }

  /** Opens a pipe from one of the node's routers. Rejects if that fails now. */
  async openInlet(router: RoomRouter, routerId: string): Promise<Inlet> {
    const { scope, addresses } = this.#options;
    const families = [...new Set(addresses[scope].map(({ ip }) => isIP(ip)))];
    let refusal: unknown = new LinkRefusal("address.unfit");
    for (const family of families) {
      try {
        const inlet = await Inlet.open(
          () => router.openPipe(scope, addresses, family) as Promise<PipePort>,
          this.#sourceAt(routerId),
        );
        this.#inlets.set(inlet, { bytes: 0, changedAt: performance.now(), sent: undefined });
        void inlet.whenClosed.then(() => this.#inlets.delete(inlet));
        if (this.#isEnded) inlet.close();
        return inlet;
      } catch (error) {
        refusal = error;
        if (!(error instanceof LinkRefusal) || error.refused !== "address.unfit") throw error;
      }
    }
    throw refusal;
  }

  /** One of the node's routers, as the far end of a pipe. */
  #sourceAt(routerId: string): PipeSource {
    const { roomId } = this.#options;
    return {
      open: async (pipeId, end: PipeAddress) =>
        (await this.#ask<"pipe.open">({ type: "pipe.open", pipeId, roomId, routerId, end: end as PipeEnd }))
          .end,
      send: async (pipeId, trackId, layer) => {
        const ids = { pipeId, trackId: trackId as TrackId };
        const { rtpParameters } = await this.#ask<"pipe.send">({ type: "pipe.send", ...ids, layer });
        return rtpParameters as types.RtpParameters;
      },
      demand: (pipeId, trackId, layer) =>
        this.#link?.notify<"pipe.demand">({
          type: "pipe.demand",
          pipeId,
          trackId: trackId as TrackId,
          layer,
        }),
      stop: (pipeId, trackId) =>
        this.#link?.notify<"pipe.stop">({ type: "pipe.stop", pipeId, trackId: trackId as TrackId }),
      close: (pipeId) => this.#link?.notify<"pipe.close">({ type: "pipe.close", pipeId }),
    };
  }

  #ask<Type extends keyof CascadeAnswers>(
    request: Omit<CascadeRequestOf<Type>, "id">,
  ): Promise<CascadeAnswers[Type]> {
    return this.#link?.ask<Type>(request) ?? Promise.reject(new LinkRefusal("unreachable"));
  }

  /**
   * Checks whether media arrives through the pipes that should carry some; closes those that lose what is
   * sent into them.
   */
  async #look(): Promise<void> {
    await Promise.all([...this.#inlets].map(([inlet, seen]) => this.#lookAt(inlet, seen)));
    this.#judge();
  }

  async #lookAt(inlet: Inlet, seen: Seen): Promise<void> {
    const now = performance.now();
    const bytes = await inlet.port.bytesReceived().catch(() => seen.bytes);
    if (bytes !== seen.bytes || !this.#options.events.shouldFlow(inlet)) {
      if (bytes !== seen.bytes) this.#isCut = false;
      Object.assign(seen, { bytes, changedAt: now, sent: undefined });
      return;
    }
    if (now - seen.changedAt < SILENT_AFTER_MS || !this.#isFollowing) return;
    const sent = await this.#ask<"pipe.check">({ type: "pipe.check", pipeId: inlet.id }).catch(() =>
      undefined
    );
    if (sent === undefined || inlet.closed) return;
    if (seen.sent !== undefined && sent.bytesSent > seen.sent) {
      this.#isCut = true;
      inlet.close();
    } else seen.sent ??= sent.bytesSent;
  }

  #judge(): void {
    if (this.#isEnded) return;
    const now = performance.now();
    const isAway = !this.#isFollowing && now - this.#lostAt > INTERRUPTED_AFTER_MS;
    // Flowing pipes do not need the connection between the nodes.
    const isFlowing = [...this.#inlets.values()].some(({ bytes, changedAt }) =>
      bytes > 0 && now - changedAt < SILENT_AFTER_MS
    );
    const isInterrupted = this.#isCut || (isAway && !isFlowing);
    if (isInterrupted === this.#isInterrupted) return;
    this.#isInterrupted = isInterrupted;
    this.#options.log[isInterrupted ? "warn" : "info"](isInterrupted ? "node.interrupted" : "node.healed", {
      nodeId: this.nodeId,
    });
    this.#options.events.interrupted(isInterrupted);
  }

  /** Stops following the room. The owner drops its tracks. */
  [Symbol.dispose](): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    clearInterval(this.#watch);
    clearTimeout(this.#retry);
    for (const inlet of [...this.#inlets.keys()]) inlet.close();
    if (this.#isFollowing) {
      this.#link?.notify<"room.unfollow">({ type: "room.unfollow", roomId: this.#options.roomId });
    }
    this.#options.unlink();
  }
}
