import type { EdgeId, ParticipantId, RoomState } from "@tafelrunde/protocol";

/** In the lobby, waiting to be admitted, or in the room. */
export type Standing = "lobby" | "waiting" | "joined";

/**
 * A participant's standing in a room's state, from the view of `edgeId`. A participant served by another edge
 * is in the lobby here.
 */
export function placeIn(
  { participants, waiting }: RoomState,
  participantId: ParticipantId,
  edgeId: EdgeId,
): Standing {
  if (participants[participantId]?.edgeId === edgeId) return "joined";
  return waiting[participantId]?.edgeId === edgeId ? "waiting" : "lobby";
}
