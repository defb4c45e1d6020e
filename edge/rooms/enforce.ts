import type { Event, RoomId, RoomState } from "@tafelrunde/protocol";
import type { Fleet } from "../fleet/fleet.ts";

/**
 * Makes the media node do what the room has decided about somebody who did not ask for it: their tracks are muted or ended there too. Each edge
 * sees to the people whose media it has; who has a socket is seen out by it (Session).
 */
export function enforce(fleet: Fleet, roomId: RoomId, event: Event, before: RoomState): void {
  switch (event.type) {
    case "track.muted":
    case "track.unpublished": {
      const { trackId } = event;
      const peerId = before.tracks[trackId]?.participantId;
      if (peerId === undefined || event.actor === peerId) return;
      // The node has done it: so the log says.
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
