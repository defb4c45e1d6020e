import { MAX_NAME, MAX_PARTICIPANTS, type ParticipantId, refuse, type RoomState } from "@tafelrunde/protocol";
import { storable } from "./text.ts";
import type { Asker, Decision, RoomCommand } from "./decision.ts";

type ParticipantCommand = Extract<RoomCommand, { type: `participant.${string}` }>;

/** Control characters and the marks that reverse the writing direction: they would let a name pose as another. */
const UNPRINTABLE = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

export function decideParticipant(state: RoomState, command: ParticipantCommand, who: Asker): Decision {
  switch (command.type) {
    case "participant.join":
      return decideJoin(state, command.name, who);
    case "participant.leave":
      return who.participantId === null
        ? []
        : [{ type: "participant.left", participantId: who.participantId, reason: "left" }];
    case "participant.resume":
      return decideResume(state, command.participantId, who);
    case "participant.lose": {
      const { participantId, edgeId } = command;
      const participant = state.participants[participantId];
      if (participant?.presence !== "here" || participant.edgeId !== edgeId) return [];
      return [{ type: "participant.away", participantId }];
    }
    case "participant.expire": {
      const { participantId, presenceAt } = command;
      const participant = state.participants[participantId];
      if (participant?.presence !== "away" || participant.presenceAt !== presenceAt) return [];
      return [{ type: "participant.left", participantId, reason: "lost" }];
    }
    default:
      return command satisfies never;
  }
}

function decideJoin(state: RoomState, wished: string, who: Asker): Decision {
  const { participantId, edgeId } = who;
  if (participantId === null) return [];
  if (state.participants[participantId] !== undefined) return decideResume(state, participantId, who);
  const name = storable(wished.replaceAll(UNPRINTABLE, ""));
  if (name === "" || name.length > MAX_NAME) return refuse("participant.nameInvalid");
  if (Object.keys(state.participants).length >= MAX_PARTICIPANTS) return refuse("room.full");
  return [{ type: "participant.joined", participantId, name, edgeId }];
}

function decideResume(state: RoomState, participantId: ParticipantId, { edgeId }: Asker): Decision {
  const participant = state.participants[participantId];
  if (participant === undefined) return refuse("participant.notJoined");
  if (participant.presence === "here" && participant.edgeId === edgeId) return [];
  return [{ type: "participant.returned", participantId, edgeId }];
}
