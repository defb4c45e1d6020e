import {
  devicesOf,
  featureOf,
  features,
  may,
  type ParticipantId,
  type Refusal,
  refuse,
  type Right,
  type RoomState,
  SOURCE_RIGHT,
} from "@tafelrunde/protocol";
import { isOfFeature } from "./decide_feature.ts";
import { isOwnWay } from "./space.ts";
import type { ClientCommand, FeatureDecided, ParticipantAsker } from "./decision.ts";

type ParticipantCommand = Exclude<ClientCommand, { type: "participant.join" }>;

/** Why the rights table forbids this command; null: it is allowed. */
export function refuseRight(
  state: RoomState,
  command: ParticipantCommand,
  { participantId }: ParticipantAsker,
): Refusal | null {
  const right = rightFor(state, command, participantId);
  return right === null || may(right, state.participants[participantId]!, state.room.settings)
    ? null
    : refuse(`${right}.notAllowed`);
}

/** The right that `command` needs; null: everyone in the room may use it. */
function rightFor(
  state: RoomState,
  command: ParticipantCommand,
  self: ParticipantAsker["participantId"],
): Right | null {
  if (isOfFeature(command)) return rightForFeature(command, self);
  switch (command.type) {
    case "participant.leave":
    case "track.unpublish":
    case "track.address":
      return null;
    case "space.open":
    case "space.close":
      return "leadSpaces";
    case "space.move":
      return isOwnWay(state, command, self) ? null : "leadSpaces";
    case "participant.rename":
      return isOwn(state, command.participantId, self) ? "rename" : "renameOthers";
    case "participant.remove":
      return "remove";
    case "role.set":
      return "setRole";
    case "track.publish":
      return SOURCE_RIGHT[command.source];
    case "track.mute": {
      const source = state.tracks[command.trackId]?.source;
      return command.muted || source === undefined ? null : SOURCE_RIGHT[source];
    }
    case "track.stop": {
      const track = state.tracks[command.trackId];
      if (track !== undefined && isOwn(state, track.participantId, self)) return null;
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

function isOwn({ participants }: RoomState, target: ParticipantId, self: ParticipantId): boolean {
  return devicesOf(participants, target).some(({ id }) => id === self);
}

type Needs = Readonly<Record<string, (command: FeatureDecided, self: ParticipantId) => Right | null>>;

function rightForFeature(command: FeatureDecided, self: ParticipantId): Right | null {
  const needs = features[featureOf(command.type)!].needs as Needs;
  return needs[command.type]!(command, self);
}
