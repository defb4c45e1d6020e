import {
  isModerator,
  MAX_PARTICIPANTS,
  MAX_WAITING,
  mightiest,
  type Refusal,
  refuse,
  type Role,
  type RoomState,
  type Waiting,
} from "@tafelrunde/protocol";
import type { Entrant, EventDraft } from "./decision.ts";

/** What somebody is in this meeting: the owner, or what a moderator made of them, or what they came as. */
export function roleInMeeting({ room, known }: RoomState, { role, persons }: Entrant): Role {
  if (role === "owner" || (room.creator !== null && persons.includes(room.creator))) return "owner";
  const [self] = persons;
  return (self && known[self]?.role) ?? role;
}

/** Whether somebody has to be let in. Moderators never have, nor has who is inside or was let in before. */
export function mustWait(state: RoomState, entrant: Entrant): boolean {
  if (isModerator(roleInMeeting(state, entrant))) return false;
  const entries = entrant.persons.map((person) => state.known[person]?.entry);
  if (entries.includes("removed")) return true;
  if (entries.includes("admitted") || isInside(state, entrant)) return false;
  const { waitingRoom, joinBeforeHost } = state.room.settings;
  if (waitingRoom === "everyone" || (waitingRoom === "guests" && entrant.isGuest)) return true;
  return !joinBeforeHost && !Object.values(state.participants).some(({ role }) => isModerator(role));
}

/** Why somebody may neither come in nor wait; null: they may. */
export function refuseEntry(state: RoomState, entrant: Entrant): Refusal | null {
  const role = roleInMeeting(state, entrant);
  if (role === "owner") return null;
  if (entrant.persons.some((person) => state.known[person]?.entry === "banned")) return refuse("room.banned");
  if (entrant.isGuest && !state.room.settings.guests && !isInside(state, entrant)) {
    return refuse("room.guestsNotAllowed");
  }
  return null;
}

/** Whether the room, or its waiting list, is full for somebody. Moderators find a place as long as any room may have one. */
export function refuseFull(state: RoomState, role: Role, waits: boolean): Refusal | null {
  if (waits) return Object.keys(state.waiting).length < MAX_WAITING ? null : refuse("room.waitingFull");
  return freePlaces(state, role) > 0 ? null : refuse("room.full");
}

/** How many more people may come in. */
export function freePlaces({ participants, room }: RoomState, role: Role): number {
  const limit = isModerator(role) ? MAX_PARTICIPANTS : room.settings.maxParticipants;
  return limit - Object.keys(participants).length;
}

/** Lets in those of `people` for whom there is room, the longest waiting first. */
export function admit(state: RoomState, people: readonly Waiting[]): EventDraft[] {
  let admitted = 0;
  return people.flatMap(({ id: participantId, name, edgeId, role: base, isGuest, persons }) => {
    const entrant = { role: base, isGuest, persons };
    const role = roleInMeeting(state, entrant);
    if (freePlaces(state, role) - admitted <= 0) return [];
    admitted++;
    return [{ type: "participant.joined", participantId, name, edgeId, role, isGuest, persons }];
  });
}

/** Lets in who waits although nothing asks them to (any more). */
export function admitNeedless(state: RoomState): EventDraft[] {
  return admit(state, Object.values(state.waiting).filter((waiting) => !mustWait(state, waiting)));
}

function isInside(state: RoomState, { persons: [self] }: Entrant): boolean {
  return Object.values(state.participants).some(({ persons }) => persons[0] === self);
}

/** The mightiest of what somebody is by account, by link and by house; a link makes nobody an owner. */
export function findRole(
  found: {
    readonly isOwner: boolean;
    readonly isOfHouse: boolean;
    readonly member: Role | null;
    readonly link: Role | null;
  },
): Role {
  const { isOwner, isOfHouse, member, link } = found;
  if (!isOwner && !isOfHouse && member === null) return link === "owner" ? "cohost" : link ?? "guest";
  const roles: Role[] = isOwner ? ["owner"] : [];
  if (member !== null) roles.push(member);
  if (link !== null) roles.push(link === "owner" ? "cohost" : link);
  // A link or a membership may make less of somebody of the house than the house does: a viewer is meant to watch.
  if (isOfHouse && roles.length === 0) roles.push("participant");
  return mightiest(roles) ?? "guest";
}
