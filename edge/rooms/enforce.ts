import type { Event, RoomState } from "@tafelrunde/protocol";
import type { Fleet } from "../fleet/fleet.ts";
import type { OpenRoom } from "./rooms.ts";
import type { Session } from "./session.ts";

/**
 * Makes the media node do what the room has decided about somebody who did not ask for it: their tracks are muted or ended there too. Each edge
 * sees to the people on its own sockets, and to those whom someone on its sockets acted on: they may have none just now.
 */
export function enforce(
  fleet: Fleet,
  { room, sessions }: OpenRoom<Session>,
  event: Event,
  before: RoomState,
): void {
  switch (event.type) {
    case "track.muted":
    case "track.unpublished": {
      const { trackId } = event;
      const peerId = before.tracks[trackId]?.participantId;
      if (peerId === undefined || event.actor === peerId) return;
      if (!sessions.has(peerId) && (event.actor === null || !sessions.has(event.actor))) return;
      const track = { roomId: room.id, peerId, trackId };
      if (event.type === "track.unpublished") {
        void fleet.ask<"track.close">({ type: "track.close", ...track });
      } else void fleet.ask<"track.mute">({ type: "track.mute", ...track, muted: true });
      return;
    }
    case "participant.left": {
      const { participantId: peerId, reason, actor } = event;
      // Who has a socket is seen out by it (Session).
      if (reason === "left" || reason === "lost" || actor === null || !sessions.has(actor)) return;
      void fleet.ask<"peer.close">({ type: "peer.close", roomId: room.id, peerId });
    }
  }
}
