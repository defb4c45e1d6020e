import type { ParticipantId, RoomId, SpaceId, TrackId } from "@tafelrunde/protocol";
import type { MediaAnswers, ReportedPeer } from "@tafelrunde/protocol/media";
import { causeOf } from "@tafelrunde/protocol/process/cause";
import type { Log } from "@tafelrunde/protocol/process/log";
import type { Metrics } from "../metrics.ts";
import type { MediaAsk } from "./connection.ts";
import type { FleetNode, PeerRef } from "./fleet_node.ts";
import type { PeerHome } from "./room_home.ts";

/**
 * How long a peer can be live without its participant in the room's state, ms: media starts after the join is
 * in the state, and ends a moment after the leave. One check can fall into that moment, two cannot.
 */
export const UNSEEN_AFTER_MS = 1_500;

/** How long an unknown peer of this edge is left alone, ms: it might be closing. */
const STRAY_AFTER_MS = 4_000;

/** Most suspected peers at once; beyond this, the oldest are dropped and start again. */
const MAX_SUSPECTS = 10_000;

/** A participant's media as the room's log demands. */
export interface WantedMedia {
  /** The participant is in the room and may send and receive. Otherwise they wait, or are in the lobby. */
  readonly live: boolean;
  /** The participant is in the room through a socket of this edge. */
  readonly here: boolean;
  /** Null: the main room. */
  readonly space: SpaceId | null;
  /** `audience`: the only participants that get it; null: everyone in the space. */
  readonly tracks: ReadonlyMap<
    TrackId,
    { readonly muted: boolean; readonly audience: readonly ParticipantId[] | null }
  >;
}

/** A request that makes a node agree with the log. */
export type Repair =
  | { readonly type: "peer.start" }
  | { readonly type: "track.mute"; readonly trackId: TrackId; readonly muted: boolean }
  | {
    readonly type: "track.audience";
    readonly trackId: TrackId;
    readonly audience: readonly ParticipantId[] | null;
  }
  | { readonly type: "track.close"; readonly trackId: TrackId };

/** The differences between a node and the log. `isUnderWay`: the track is still being published. */
export function repairsOf(
  { live, tracks }: Pick<ReportedPeer, "live" | "tracks">,
  wanted: WantedMedia,
  isUnderWay: (trackId: TrackId) => boolean = () => false,
): Repair[] {
  const repairs: Repair[] = wanted.here && !live ? [{ type: "peer.start" }] : [];
  for (const { trackId, muted, audience = null } of tracks) {
    if (isUnderWay(trackId)) continue;
    const track = wanted.tracks.get(trackId);
    if (track === undefined) {
      repairs.push({ type: "track.close", trackId });
      continue;
    }
    if (track.muted !== muted) repairs.push({ type: "track.mute", trackId, muted: track.muted });
    if (track.audience?.join() !== audience?.join()) {
      repairs.push({ type: "track.audience", trackId, audience: track.audience });
    }
  }
  return repairs;
}

/** What a reconciler needs from its edge. */
export interface ReconcilerOptions {
  readonly log: Log;
  readonly metrics: Pick<Metrics, "repaired" | "unseenPeers">;
  readonly findHome: (peer: PeerRef) => PeerHome | undefined;
  /** The media that the log says a participant must have; undefined: this edge has not loaded the room. */
  readonly wanted: (peer: PeerRef) => WantedMedia | undefined;
  /** Reads new events from the room's log. */
  readonly catchUp: (roomId: RoomId) => Promise<void>;
  readonly now?: () => number;
}

/**
 * Compares nodes with the rooms' logs and repairs differences: a request that had no effect, for whatever
 * reason and from whichever edge, is repeated until the node complies.
 */
export class Reconciler {
  readonly #options: ReconcilerOptions;
  readonly #looking = new Map<FleetNode, Promise<void>>();
  /** Since when a peer has differed from the log, ms, by node and peer. */
  readonly #suspects = new Map<string, number>();

  constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  /** Compares all of a node's peers that concern this edge; joins a check in progress. Never rejects. */
  look(node: FleetNode): Promise<void> {
    const looking = this.#looking.get(node) ??
      this.#look(node).catch((error: unknown) =>
        this.#options.log.warn("media.unreconciled", { node: node.url, error: causeOf(error) })
      ).finally(() => this.#looking.delete(node));
    this.#looking.set(node, looking);
    return looking;
  }

  async #look(node: FleetNode): Promise<void> {
    for (let after: number | null = 0; after !== null;) {
      const outcome: Awaited<ReturnType<typeof node.connection.ask<"peers.report">>> = await node.connection
        .ask<"peers.report">({ type: "peers.report", after });
      if ("refused" in outcome) return;
      for (const reported of outcome.ok.peers) await this.#compare(node, reported);
      after = outcome.ok.next;
    }
  }

  async #compare(node: FleetNode, reported: ReportedPeer): Promise<void> {
    const { roomId, peerId, live, mine } = reported;
    const peer = { roomId, peerId };
    // It is being closed already, which is repeated until confirmed.
    if (node.isEnding(peer)) return;
    const home = this.#options.findHome(peer);
    if (mine && home?.node !== node && home?.leaving.has(node) !== true) {
      if (this.#isSuspect(node, peer, STRAY_AFTER_MS)) this.#close(node, peer, "stray");
      return;
    }
    let wanted = this.#options.wanted(peer);
    if (wanted === undefined) return;
    if (live && !wanted.live) {
      if (mine && !this.#isSuspect(node, peer, UNSEEN_AFTER_MS)) return;
      await this.#options.catchUp(roomId);
      wanted = this.#options.wanted(peer);
      if (wanted?.live === false) this.#close(node, peer, mine ? "unseen" : "orphan");
      return;
    }
    this.#suspects.delete(keyOf(node, peer));
    if ((reported.space ?? null) !== wanted.space) {
      this.#options.metrics.repaired.inc({ what: "peers.move" });
      node.move(roomId, [peerId], wanted.space);
    }
    for (const repair of repairsOf(reported, wanted, (trackId) => home?.publishing.has(trackId) === true)) {
      this.#options.metrics.repaired.inc({ what: repair.type });
      void node.ask(
        { ...repair, ...peer } as MediaAsk<keyof MediaAnswers & Repair["type"]> & PeerRef,
      );
    }
  }

  #close(node: FleetNode, peer: PeerRef, why: "stray" | "unseen" | "orphan"): void {
    const { metrics, log } = this.#options;
    this.#suspects.delete(keyOf(node, peer));
    metrics.repaired.inc({ what: `peer.close ${why}` });
    if (why === "unseen") {
      metrics.unseenPeers.inc();
      log.error("media.unseen", { node: node.url });
    }
    node.close(peer, { unseen: why === "unseen" });
  }

  /** Whether a peer has been suspect for `forMs`. */
  #isSuspect(node: FleetNode, peer: PeerRef, forMs: number): boolean {
    const key = keyOf(node, peer);
    const now = (this.#options.now ?? (() => performance.now()))();
    const since = this.#suspects.get(key);
    if (since === undefined) {
      if (this.#suspects.size >= MAX_SUSPECTS) {
        this.#suspects.delete(this.#suspects.keys().next().value!);
      }
      this.#suspects.set(key, now);
      return false;
    }
    return now - since >= forMs;
  }
}

function keyOf({ url }: FleetNode, { roomId, peerId }: PeerRef): string {
  return `${url} ${roomId} ${peerId}`;
}
