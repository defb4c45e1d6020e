import {
  devicesOf,
  kindOf,
  type ParticipantId,
  personOf,
  type Refusal,
  refuse,
  type Role,
  type RoomState,
} from "@tafelrunde/protocol";
import { endUnrightful, foresee } from "./consequence.ts";
import type { ClientCommandOf, Decision, ParticipantAsker, SystemCommand } from "./decision.ts";

export function decideRole(
  state: RoomState,
  { participantId, role }: ClientCommandOf<"role.set">,
  who: ParticipantAsker,
): Decision {
  const refusal = refuseTarget(state, participantId, who);
  if (refusal !== null) return refusal;
  if (kindOf(state.participants[participantId]!) !== "person") return refuse("participant.notPerson");
  return changeRole(state, participantId, role);
}

/** Gives a participant, in all their tabs, the role that is stored for them now. */
export function decideRoleSync(
  state: RoomState,
  { person, role }: Extract<SystemCommand, { type: "role.sync" }>,
): Decision {
  const inside = Object.values(state.participants).find((one) => personOf(one) === person);
  return inside === undefined ? [] : changeRole(state, inside.id, role);
}

function changeRole(state: RoomState, participantId: ParticipantId, role: Role): Decision {
  if (state.participants[participantId]!.role === role) return [];
  const changed = { type: "role.changed", participantId, role } as const;
  return [changed, ...endUnrightful(foresee(state, [changed]))];
}

/** Whether `target` is a device of the person who asks, perhaps the one that they ask with. */
export function isOwnDevice(
  { participants }: Pick<RoomState, "participants">,
  target: ParticipantId,
  who: ParticipantAsker,
): boolean {
  return devicesOf(participants, target).some(({ id }) => id === who.participantId);
}

/**
 * Why a moderator may not act on this participant; null: they may. Only the owner and moderators themselves
 * may act on a moderator.
 */
export function refuseTarget(
  { participants }: RoomState,
  target: ParticipantId,
  who: ParticipantAsker,
): Refusal | null {
  const role = participants[target]?.role;
  if (role === undefined) return refuse("participant.unknown");
  if (role === "owner") return refuse("participant.isOwner");
  const isTheirs = isOwnDevice({ participants }, target, who) ||
    participants[who.participantId]!.role === "owner";
  return role === "moderator" && !isTheirs ? refuse("participant.isModerator") : null;
}
