import { isRefusal, refuse, type RoomState } from "@tafelrunde/protocol";
import { whatIsDue } from "../feature_rules.ts";
import type { Asker, Decision, RoomCommand } from "./decision.ts";
import { decideFeature, isOfFeature } from "./decide_feature.ts";
import { decideClosed, decideParticipant } from "./participant.ts";
import { decidePresence } from "./presence.ts";
import { foresee } from "./consequence.ts";
import { refuseRight } from "./rights.ts";
import { decideRole, decideRoleSync } from "./role.ts";
import { decideRoom, decideSync } from "./room_change.ts";
import { decideSpace, endWhispers } from "./space.ts";
import { decideDropAll, decideStopped, decideTrack } from "./track.ts";
import { decideWaiting } from "./waiting.ts";

/** Events after which a whisper might have no listener. */
const ENDING: ReadonlySet<string> = new Set(["participant.left", "space.moved", "space.closed"]);

/** Decides what `command` does in `state` at a time, ms. Pure. */
export function decide(state: RoomState, command: RoomCommand, who: Asker, at: number): Decision {
  const decision = decideAlone(state, command, who, at);
  if (isRefusal(decision) || !decision.some(({ type }) => ENDING.has(type))) return decision;
  const areWhispers = Object.values(state.tracks).some(({ audience }) => audience !== undefined);
  return areWhispers ? [...decision, ...endWhispers(foresee(state, decision))] : decision;
}

function decideAlone(state: RoomState, command: RoomCommand, who: Asker, at: number): Decision {
  switch (command.type) {
    case "participant.join":
    case "participant.resume":
    case "participant.lose":
    case "participant.expire":
      return decidePresence(state, command, who);
    case "participant.closed":
      return decideClosed(state, command);
    case "track.dropAll":
      return decideDropAll(state, command);
    case "track.stopped":
      return decideStopped(state, command);
    case "room.sync":
      return decideSync(state, command);
    case "role.sync":
      return decideRoleSync(state, command);
    case "feature.due":
      return whatIsDue(state, at);
  }
  const { participantId } = who;
  if (participantId === null || state.participants[participantId] === undefined) {
    // The only thing a waiting participant can ask is to stop waiting.
    return command.type === "participant.leave" && participantId !== null && state.waiting[participantId]
      ? [{ type: "waiting.left", participantId, reason: "left" }]
      : refuse("participant.notJoined");
  }
  const participant = { ...who, participantId };
  const refusal = refuseRight(state, command, participant);
  if (refusal !== null) return refusal;
  if (isOfFeature(command)) return decideFeature(state, command, participantId, at);
  switch (command.type) {
    case "participant.leave":
    case "participant.rename":
    case "participant.remove":
      return decideParticipant(state, command, participant);
    case "role.set":
      return decideRole(state, command, participant);
    case "waiting.admit":
    case "waiting.decline":
      return decideWaiting(state, command);
    case "room.change":
    case "room.end":
      return decideRoom(state, command);
    case "space.open":
    case "space.move":
    case "space.close":
      return decideSpace(state, command);
    case "track.publish":
    case "track.mute":
    case "track.unpublish":
    case "track.stop":
    case "track.muteAll":
    case "track.address":
      return decideTrack(state, command, participant);
    default:
      return command satisfies never;
  }
}
