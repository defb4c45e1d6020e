import type { ParticipantId, PeerAnswer, RoomId } from "@tafelrunde/protocol";
import type { MediaNotice } from "@tafelrunde/protocol/media";
import type { PeerRef } from "./fleet_node.ts";
import type { WantedMedia } from "./reconcile.ts";

/** Why participants are moved; a label of the metrics. */
export type MoveReason = "lost" | "drain" | "nearer" | "outside";

/** Where a participant is, from the view of this edge. */
export type Whereabouts =
  /** On a socket of this edge. */
  | "here"
  /** Without a socket, within the resume window. */
  | "away"
  /** On another edge. */
  | "elsewhere"
  /** Not in the room (anymore). */
  | "gone";

/** A node's notice about a participant, except those that the fleet handles itself. */
export type PeerNotice = Exclude<Extract<MediaNotice, { peerId: ParticipantId }>, { type: "peer.closed" }>;

/** Events about participants' media. */
export interface FleetEvents {
  /** A notice from the node of a participant's media. False: there is no listener for it (yet). */
  notice(notice: PeerNotice): boolean;
  /** A notice about a room, for participants whose media is on that node. */
  roomNotice(
    notice: Extract<MediaNotice, { type: "speakers" | "room.interrupted" }>,
    isOn: (peerId: ParticipantId) => boolean,
  ): void;
  /**
   * A participant's media is on another node from now on; `isLost`: the old node is gone. False: they cannot
   * be notified, so it must be recreated when they ask.
   */
  moved(peer: PeerRef, answer: PeerAnswer, isLost: boolean): boolean;
  /** A participant's media is gone; they may ask again after `retryAfterMs`. */
  lost(peer: PeerRef, retryAfterMs: number): void;
  whereabouts(peer: PeerRef): Whereabouts;
  /** The media that the log says a participant must have; undefined: this edge has not loaded the room. */
  wanted(peer: PeerRef): WantedMedia | undefined;
  /** Reads new events from the room's log. */
  catchUp(roomId: RoomId): Promise<void>;
}
