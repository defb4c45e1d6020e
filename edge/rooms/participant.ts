import { devicesOf, isRefusal, kindOf, refuse, type RoomState } from "@tafelrunde/protocol";
import type { ClientCommandOf, Decision, ParticipantAsker, SystemCommand } from "./decision.ts";
import { isOwnDevice, refuseTarget } from "./role.ts";
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
      const refusal = isOwnDevice(state, participantId, who) ? null : refuseTarget(state, participantId, who);
      if (refusal !== null) return refusal;
      const name = nameOf(command.name);
      if (isRefusal(name)) return name;
      return devicesOf(state.participants, participantId).filter((device) => device.name !== name)
        .map(({ id }) => ({ type: "participant.renamed", participantId: id, name }));
    }
    case "participant.remove": {
      // To remove oneself, use `participant.leave`.
      if (isOwnDevice(state, command.participantId, who)) return refuse("participant.unknown");
      const refusal = refuseTarget(state, command.participantId, who);
      if (refusal !== null) return refusal;
      // Who came by a token would come back by it, and does not wait.
      const comesByToken = kindOf(state.participants[command.participantId]!) !== "person";
      const reason = command.ban || comesByToken ? "banned" : "removed";
      return devicesOf(state.participants, command.participantId).map(({ id: participantId }) => ({
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
