import type { EdgeId, ParticipantId, RoomState } from "@tafelrunde/protocol";

/** In front of the room, waiting to be let in, or in it. */
export type Standing = "lobby" | "waiting" | "joined";

/** Where a room's state has somebody whom the edge `edgeId` serves. Who is in it by another edge is in front of it here. */
export function placeIn(
  { participants, waiting }: RoomState,
  participantId: ParticipantId,
  edgeId: EdgeId,
): Standing {
  if (participants[participantId]?.edgeId === edgeId) return "joined";
  return waiting[participantId]?.edgeId === edgeId ? "waiting" : "lobby";
}
