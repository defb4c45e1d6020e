import { isRefusal, moderates, type ParticipantId, type RoomState } from "@tafelrunde/protocol";
import { foresee } from "./consequence.ts";
import type { Asker, Decision, JoinCommand, RoomCommand } from "./decision.ts";
import { admitNeedless, mustWait, refuseEntry, refuseFull, roleInMeeting } from "./admission/rules.ts";
import { nameOf } from "../participant_name.ts";

type PresenceCommand =
  | JoinCommand
  | Extract<RoomCommand, { type: `participant.${"resume" | "lose" | "expire"}` }>;

/** Decides joins, waiting, lost connections and returns, for participants and waiting participants alike. */
export function decidePresence(state: RoomState, command: PresenceCommand, who: Asker): Decision {
  if (command.type === "participant.join") return decideJoin(state, command, who);
  const { participantId } = command;
  const { [participantId]: participant } = state.participants;
  const present = participant ?? state.waiting[participantId];
  if (present === undefined) return [];
  const isWaiting = participant === undefined;
  switch (command.type) {
    case "participant.resume":
      return decideResume(state, participantId, who);
    case "participant.lose":
      if (present.presence !== "here" || present.edgeId !== command.edgeId) return [];
      return [{ type: isWaiting ? "waiting.away" : "participant.away", participantId }];
    case "participant.expire":
      if (present.presence !== "away" || present.presenceAt !== command.presenceAt) return [];
      return [{ type: isWaiting ? "waiting.left" : "participant.left", participantId, reason: "lost" }];
    default:
      return command satisfies never;
  }
}

function decideJoin(state: RoomState, command: JoinCommand, who: Asker): Decision {
  const { participantId, edgeId } = who;
  if (participantId === null) return [];
  if (state.participants[participantId] ?? state.waiting[participantId]) {
    return decideResume(state, participantId, who);
  }
  const name = nameOf(command.name);
  if (isRefusal(name)) return name;
  const role = roleInMeeting(state, command);
  const waits = mustWait(state, command);
  const refusal = refuseEntry(state, command) ?? refuseFull(state, role, waits);
  if (refusal !== null) return refusal;
  const { isGuest, persons } = command;
  const entrant = { participantId, name, edgeId, isGuest, persons };
  // A waiting participant's role in the meeting is looked up when they are admitted.
  if (waits) return [{ type: "waiting.entered", ...entrant, role: command.role }];
  const joined = { type: "participant.joined", ...entrant, role } as const;
  if (!moderates(role)) return [joined];
  return [joined, ...admitNeedless(foresee(state, [joined]))];
}

function decideResume(state: RoomState, participantId: ParticipantId, { edgeId }: Asker): Decision {
  const { [participantId]: participant } = state.participants;
  const present = participant ?? state.waiting[participantId];
  if (present === undefined) return [];
  if (present.presence === "here" && present.edgeId === edgeId) return [];
  return [{ type: participant ? "participant.returned" : "waiting.returned", participantId, edgeId }];
}
