import type { ParticipantId, PeerAnswer, RoomId } from "@tafelrunde/protocol";
import type { MediaNotice } from "@tafelrunde/protocol/media";
import type { PeerRef } from "./fleet_node.ts";
import type { WantedMedia } from "./reconcile.ts";

/** Why people are moved; a label of the metrics. */
export type MoveReason = "lost" | "drain" | "nearer" | "outside";

/** Where a person is, as far as this edge is concerned. */
export type Whereabouts =
  /** On a socket of this edge. */
  | "here"
  /** Without a socket, in the time to come back. */
  | "away"
  /** Another edge has them. */
  | "elsewhere"
  /** They are not in the room (any more). */
  | "gone";

/** What a node says about a person, but for what the fleet sees to itself. */
export type PeerNotice = Exclude<Extract<MediaNotice, { peerId: ParticipantId }>, { type: "peer.closed" }>;

/** Told what happens to people's media. */
export interface FleetEvents {
  /** The node that has a person's media says something about them. False: nobody listens for them (yet). */
  notice(notice: PeerNotice): boolean;
  /** A node says something about a room, for those whose media it has. */
  roomNotice(
    notice: Extract<MediaNotice, { type: "speakers" | "room.interrupted" }>,
    isOn: (peerId: ParticipantId) => boolean,
  ): void;
  /** A person's media is on another node from now on. False: they cannot be told, it has to be made anew when they ask. */
  moved(peer: PeerRef, answer: PeerAnswer): boolean;
  /** A person's media is gone; they may ask anew after `retryAfterMs`. */
  lost(peer: PeerRef, retryAfterMs: number): void;
  whereabouts(peer: PeerRef): Whereabouts;
  /** What the log says of a person's media; undefined: this edge has not read the room. */
  wanted(peer: PeerRef): WantedMedia | undefined;
  /** Reads what the room's log has got meanwhile. */
  catchUp(roomId: RoomId): Promise<void>;
}
