import { isRefusal, refuse, type RoomState, tabsOf } from "@tafelrunde/protocol";
import type { ClientCommandOf, Decision, ParticipantAsker, SystemCommand } from "./decision.ts";
import { refuseTarget } from "./role.ts";
import { nameOf } from "../participant_name.ts";

type ParticipantCommand = ClientCommandOf<`participant.${"leave" | "rename" | "remove"}`>;

export function decideParticipant(
  state: RoomState,
  command: ParticipantCommand,
  who: ParticipantAsker,
): Decision {
  switch (command.type) {
    case "participant.leave":
      return [{ type: "participant.left", participantId: who.participantId, reason: "left" }];
    case "participant.rename": {
      const { participantId } = command;
      const refusal = participantId === who.participantId ? null : refuseTarget(state, participantId, who);
      if (refusal !== null) return refusal;
      const name = nameOf(command.name);
      if (isRefusal(name)) return name;
      return state.participants[participantId]!.name === name
        ? []
        : [{ type: "participant.renamed", participantId, name }];
    }
    case "participant.remove": {
      // To remove oneself, use `participant.leave`.
      if (command.participantId === who.participantId) return refuse("participant.unknown");
      const refusal = refuseTarget(state, command.participantId, who);
      if (refusal !== null) return refusal;
      const reason = command.ban ? "banned" : "removed";
      return tabsOf(state.participants, command.participantId).map(({ id: participantId }) => ({
        type: "participant.left",
        participantId,
        reason,
      }));
    }
    default:
      return command satisfies never;
  }
}

export function decideClosed(
  { removing }: RoomState,
  { participantId }: Extract<SystemCommand, { type: "participant.closed" }>,
): Decision {
  return removing[participantId] === undefined ? [] : [{ type: "participant.gone", participantId }];
}
