import {
  devicesOfPerson,
  isRefusal,
  moderates,
  type ParticipantId,
  type RoomState,
} from "@tafelrunde/protocol";
import { foresee } from "./consequence.ts";
import type { Asker, Decision, EventDraft, JoinCommand, RoomCommand } from "./decision.ts";
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
    return [...decideResume(state, participantId, who), ...leaveOthers(state, participantId, command)];
  }
  const devices = devicesOfPerson(state.participants, command.persons[0]!);
  // A person has one name, on all their devices.
  const name = devices[0]?.name ?? nameOf(command.name);
  if (isRefusal(name)) return name;
  const role = roleInMeeting(state, command);
  const waits = mustWait(state, command);
  const refusal = refuseEntry(state, command) ?? refuseFull(state, role, command, waits);
  if (refusal !== null) return refusal;
  const { isGuest, persons, kind, token } = command;
  const came = { ...kind && { kind }, ...token && { token } };
  const entrant = { participantId, name, edgeId, isGuest, persons, ...came };
  // A waiting participant's role in the meeting is looked up when they are admitted.
  if (waits) return [{ type: "waiting.entered", ...entrant, role: command.role }];
  const joined = { type: "participant.joined", ...entrant, role } as const;
  // A person is in one space, with all their devices.
  const spaceId = devices[0]?.spaceId;
  const moved: EventDraft[] = spaceId === undefined
    ? []
    : [{ type: "space.moved", participantIds: [participantId], spaceId }];
  const replaced = [...moved, ...leaveOthers(state, participantId, command)];
  if (!moderates(role)) return [joined, ...replaced];
  return [joined, ...replaced, ...admitNeedless(foresee(state, [joined, ...replaced]))];
}

/** The person's other devices leave, if they go on with this one. */
function leaveOthers(
  state: RoomState,
  self: ParticipantId,
  { persons, replaces }: JoinCommand,
): EventDraft[] {
  if (replaces !== true || state.waiting[self] !== undefined) return [];
  return devicesOfPerson(state.participants, persons[0]!).filter(({ id }) => id !== self)
    .map(({ id }) => ({ type: "participant.left", participantId: id, reason: "replaced" }));
}

function decideResume(
  state: RoomState,
  participantId: ParticipantId,
  { edgeId }: Asker,
): readonly EventDraft[] {
  const { [participantId]: participant } = state.participants;
  const present = participant ?? state.waiting[participantId];
  if (present === undefined) return [];
  if (present.presence === "here" && present.edgeId === edgeId) return [];
  return [{ type: participant ? "participant.returned" : "waiting.returned", participantId, edgeId }];
}
