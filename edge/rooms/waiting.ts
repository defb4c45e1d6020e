import { devicesOf, refuse, type RoomState } from "@tafelrunde/protocol";
import { storable } from "../text.ts";
import type { ClientCommandOf, Decision } from "./decision.ts";
import { admit } from "./admission/rules.ts";

type WaitingCommand = ClientCommandOf<"waiting.admit" | "waiting.decline">;

export function decideWaiting(state: RoomState, command: WaitingCommand): Decision {
  const { participantId } = command;
  const people = participantId === null
    ? Object.values(state.waiting)
    : devicesOf(state.waiting, participantId);
  if (participantId !== null && people.length === 0) {
    // Another moderator was faster.
    return state.participants[participantId] ? [] : refuse("participant.unknown");
  }
  switch (command.type) {
    case "waiting.admit": {
      const admitted = admit(state, people);
      return people.length > 0 && admitted.length === 0 ? refuse("room.full") : admitted;
    }
    case "waiting.decline": {
      const text = storable(command.text);
      return people.map(({ id }) => ({ type: "waiting.left", participantId: id, reason: "declined", text }));
    }
    default:
      return command satisfies never;
  }
}
