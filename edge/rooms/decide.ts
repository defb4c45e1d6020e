import { refuse, type RoomState } from "@tafelrunde/protocol";
import { decideChat } from "./chat.ts";
import type { Asker, Decision, RoomCommand } from "./decision.ts";
import { decideHand } from "./hand.ts";
import { decideParticipant } from "./participant.ts";
import { decideDropAll, decideTrack } from "./track.ts";

/** What `command` comes to in `state`. Pure. */
export function decide(state: RoomState, command: RoomCommand, who: Asker): Decision {
  switch (command.type) {
    case "participant.join":
    case "participant.resume":
    case "participant.lose":
    case "participant.expire":
      return decideParticipant(state, command, who);
    case "track.dropAll":
      return decideDropAll(state, command);
  }
  const { participantId } = who;
  if (participantId === null || state.participants[participantId] === undefined) {
    return refuse("participant.notJoined");
  }
  const participant = { ...who, participantId };
  switch (command.type) {
    case "participant.leave":
      return decideParticipant(state, command, participant);
    case "hand.raise":
      return decideHand(state, command, participant);
    case "chat.post":
      return decideChat(state, command, participant);
    case "track.publish":
    case "track.mute":
    case "track.unpublish":
      return decideTrack(state, command, participant);
    default:
      return command satisfies never;
  }
}
