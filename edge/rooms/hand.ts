import { type ParticipantId, refuse, type RoomState } from "@tafelrunde/protocol";
import type { ClientCommandOf, Decision, ParticipantAsker } from "./decision.ts";

export function decideHand(
  state: RoomState,
  command: ClientCommandOf<"hand.raise" | "hand.lower">,
  who: ParticipantAsker,
): Decision {
  switch (command.type) {
    case "hand.raise": {
      const { participantId } = who;
      const isRaised = state.hand[participantId] !== undefined;
      if (command.raised === isRaised) return [];
      return [{ type: command.raised ? "hand.raised" : "hand.lowered", participantId }];
    }
    case "hand.lower": {
      const { participantId: one } = command;
      if (one !== null && state.participants[one] === undefined) return refuse("participant.unknown");
      const raised = Object.keys(state.hand) as ParticipantId[];
      return raised.filter((id) => one === null || id === one)
        .map((participantId) => ({ type: "hand.lowered", participantId }));
    }
    default:
      return command satisfies never;
  }
}
