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
    case "track.addressed":
    case "track.widened": {
      const { trackId } = event;
      const peerId = before.tracks[trackId]?.participantId;
      const audience = event.type === "track.addressed" ? [...event.participantIds] : null;
      if (peerId === undefined) return;
      void fleet.ask<"track.audience">({ type: "track.audience", roomId, peerId, trackId, audience });
      return;
    }
    case "space.moved":
      return fleet.movePeers(roomId, event.participantIds, event.spaceId);
    case "space.closed": {
      const people = Object.values(before.participants).flatMap(({ id, spaceId }) =>
        spaceId !== undefined && event.spaceIds.includes(spaceId) ? [id] : []
      );
      return fleet.movePeers(roomId, people, null);
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
