import { type ParticipantId, type Refusal, refuse, type RoomState } from "@tafelrunde/protocol";
import { endUnrightful, foresee } from "./consequence.ts";
import type { ClientCommandOf, Decision, ParticipantAsker } from "./decision.ts";

export function decideRole(
  state: RoomState,
  { participantId, role }: ClientCommandOf<"role.set">,
  who: ParticipantAsker,
): Decision {
  const refusal = refuseTarget(state, participantId, who);
  if (refusal !== null) return refusal;
  if (state.participants[participantId]!.role === role) return [];
  const changed = { type: "role.changed", participantId, role } as const;
  return [changed, ...endUnrightful(foresee(state, [changed]))];
}

/** Why a moderator may do nothing to this person; null: they may. Cohosts are the owner's affair, and their own. */
export function refuseTarget(
  { participants }: RoomState,
  target: ParticipantId,
  who: ParticipantAsker,
): Refusal | null {
  const role = participants[target]?.role;
  if (role === undefined) return refuse("participant.unknown");
  if (role === "owner") return refuse("participant.isOwner");
  const isTheirs = target === who.participantId || participants[who.participantId]!.role === "owner";
  return role === "cohost" && !isTheirs ? refuse("participant.isCohost") : null;
}
