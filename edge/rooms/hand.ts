import type { RoomState, UpOf } from "@tafelrunde/protocol";
import type { Decision, ParticipantAsker } from "./decision.ts";

export function decideHand(
  state: RoomState,
  command: Omit<UpOf<"hand.raise">, "id">,
  who: ParticipantAsker,
): Decision {
  const { participantId } = who;
  const isRaised = state.hands[participantId] !== undefined;
  if (command.raised === isRaised) return [];
  return [{ type: command.raised ? "hand.raised" : "hand.lowered", participantId }];
}
