import type { Event, RoomId, RoomState } from "@tafelrunde/protocol";
import type { Fleet } from "../fleet/fleet.ts";

/**
 * Applies a decision of the room at the media node, for participants who did not ask for it: mutes or ends
 * their tracks there too. Each edge does this for the participants whose media it controls; one with a socket
 * is handled by its session.
 */
export function enforce(fleet: Fleet, roomId: RoomId, event: Event, before: RoomState): void {
  switch (event.type) {
    case "track.muted":
    case "track.unpublished": {
      const { trackId } = event;
      const peerId = before.tracks[trackId]?.participantId;
      if (peerId === undefined || event.actor === peerId) return;
      // The log says that the node has already done it.
      if (before.tracks[trackId]?.stopping !== undefined) return;
      const track = { roomId, peerId, trackId };
      if (event.type === "track.unpublished") {
        void fleet.ask<"track.close">({ type: "track.close", ...track });
      } else void fleet.ask<"track.mute">({ type: "track.mute", ...track, muted: true });
      return;
    }
    case "participant.left":
      fleet.closePeer({ roomId, peerId: event.participantId });
      return;
    case "room.ended":
      for (const participant of Object.values(before.participants)) {
        fleet.closePeer({ roomId, peerId: participant.id });
      }
  }
}
