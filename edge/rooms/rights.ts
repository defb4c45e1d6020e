import { authorOf } from "./chat.ts";
import { may, type Refusal, refuse, type Right, type RoomState, SOURCE_RIGHT } from "@tafelrunde/protocol";
import type { ClientCommand, ParticipantAsker } from "./decision.ts";

type ParticipantCommand = Exclude<ClientCommand, { type: "participant.join" }>;

/** Why the rights table forbids this command; null: it is allowed. */
export function refuseRight(
  state: RoomState,
  command: ParticipantCommand,
  { participantId }: ParticipantAsker,
): Refusal | null {
  const right = rightFor(state, command, participantId);
  const { role } = state.participants[participantId]!;
  return right === null || may(right, role, state.room.settings) ? null : refuse(`${right}.notAllowed`);
}

/** The right that `command` needs; null: everyone in the room may use it. */
function rightFor(
  state: RoomState,
  command: ParticipantCommand,
  self: ParticipantAsker["participantId"],
): Right | null {
  switch (command.type) {
    case "participant.leave":
    case "track.unpublish":
      return null;
    case "participant.rename":
      return command.participantId === self ? "rename" : "renameOthers";
    case "participant.remove":
      return "remove";
    case "role.set":
      return "setRole";
    case "hand.raise":
      return command.raised ? "raiseHand" : null;
    case "hand.lower":
      return command.participantId === self ? null : "lowerHands";
    case "chat.post":
      return "chat";
    case "chat.delete":
      return authorOf(state, command) === self ? null : "deleteMessages";
    case "track.publish":
      return SOURCE_RIGHT[command.source];
    case "track.mute": {
      const source = state.tracks[command.trackId]?.source;
      return command.muted || source === undefined ? null : SOURCE_RIGHT[source];
    }
    case "track.stop": {
      const track = state.tracks[command.trackId];
      if (track?.participantId === self) return null;
      return track?.source === "microphone" ? "muteOthers" : "stopOthers";
    }
    case "track.muteAll":
      return "muteOthers";
    case "waiting.admit":
    case "waiting.decline":
      return "admit";
    case "room.change":
      return "changeSettings";
    case "room.end":
      return "endMeeting";
    default:
      return command satisfies never;
  }
}
