import {
  devicesOfPerson,
  highestRole,
  isSomebody,
  MAX_CONNECTIONS,
  MAX_DEVICES,
  MAX_PARTICIPANTS,
  MAX_WAITING,
  moderates,
  type PersonId,
  personsIn,
  type Refusal,
  refuse,
  type Role,
  type RoomState,
  type Waiting,
} from "@tafelrunde/protocol";
import type { Entrant, EventDraft } from "../decision.ts";

/**
 * A person's role in this meeting, who comes by a token has the one of their kind: owner, else the role that
 * a moderator gave, else the role that they came with.
 */
export function roleInMeeting({ room, known }: RoomState, { role, persons, kind }: Entrant): Role {
  if (kind !== undefined) return role;
  if (role === "owner" || (room.creator !== null && persons.includes(room.creator))) return "owner";
  const [self] = persons;
  return (self && known[self]?.role) ?? role;
}

/**
 * Whether a person has to be admitted. Never true for moderators, nor, unless they were removed, for people
 * who are inside or were admitted before.
 */
export function mustWait(state: RoomState, entrant: Entrant): boolean {
  if (entrant.kind !== undefined || moderates(roleInMeeting(state, entrant))) return false;
  const entries = entrant.persons.map((person) => state.known[person]?.entry);
  if (entries.includes("removed")) return true;
  if (entries.includes("admitted") || isInside(state, entrant)) return false;
  const { waitingRoom, joinBeforeHost } = state.room.settings;
  if (waitingRoom === "everyone" || (waitingRoom === "guests" && entrant.isGuest)) return true;
  return !joinBeforeHost && !Object.values(state.participants).some(({ role }) => moderates(role));
}

/** Why a person may neither enter nor wait; null: they may. */
export function refuseEntry(state: RoomState, entrant: Entrant): Refusal | null {
  const role = roleInMeeting(state, entrant);
  if (role === "owner") return null;
  if (entrant.persons.some((person) => state.known[person]?.entry === "banned")) return refuse("room.banned");
  const needsAccount = entrant.kind === undefined && entrant.isGuest;
  if (needsAccount && !state.room.settings.guests && !isInside(state, entrant)) {
    return refuse("room.guestsNotAllowed");
  }
  return null;
}

/** Whether the room, or its waiting list, is full. Moderators are refused only at the limit for all rooms. */
export function refuseFull(state: RoomState, role: Role, entrant: Entrant, waits: boolean): Refusal | null {
  if (waits) return Object.keys(state.waiting).length < MAX_WAITING ? null : refuse("room.waitingFull");
  if (Object.keys(state.participants).length >= MAX_CONNECTIONS) return refuse("room.full");
  const devices = devicesOfPerson(state.participants, personBehind(entrant));
  if (devices.length >= MAX_DEVICES) return refuse("participant.tooManyDevices");
  if (devices.length > 0 || !isSomebody(entrant)) return null;
  return freePlaces(state, role) > 0 ? null : refuse("room.full");
}

/** How many more people with this role can enter; negative if there are too many. */
export function freePlaces({ participants, room }: RoomState, role: Role): number {
  const limit = moderates(role) ? MAX_PARTICIPANTS : room.settings.maxParticipants;
  return limit - personsIn(participants).size;
}

/**
 * Admits as many of `people` as fit, in order. A person's further devices need no place, and have the name of
 * the first.
 */
export function admit(state: RoomState, people: readonly Waiting[]): EventDraft[] {
  const inside = personsIn(state.participants);
  const admitted = new Map<PersonId, string>();
  let connections = Object.keys(state.participants).length;
  return people.flatMap(({ id: participantId, name: own, edgeId, role: base, isGuest, persons }) => {
    const entrant = { role: base, isGuest, persons };
    const role = roleInMeeting(state, entrant);
    const person = personBehind(entrant);
    if (connections >= MAX_CONNECTIONS) return [];
    const known = inside.get(person)?.[0]?.name ?? admitted.get(person);
    if (known === undefined) {
      if (freePlaces(state, role) - admitted.size <= 0) return [];
      admitted.set(person, own);
    }
    connections++;
    const name = known ?? own;
    return [{ type: "participant.joined", participantId, name, edgeId, role, isGuest, persons }];
  });
}

/** Admits waiting participants who do not have to wait (anymore). */
export function admitNeedless(state: RoomState): EventDraft[] {
  return admit(state, Object.values(state.waiting).filter((waiting) => !mustWait(state, waiting)));
}

/** Whether a device of the person is in the room. */
export function isInside(state: RoomState, entrant: Entrant): boolean {
  return devicesOfPerson(state.participants, personBehind(entrant)).length > 0;
}

/** The person who wants to enter: the account, or else the device. */
function personBehind({ persons }: Entrant): PersonId {
  return persons[0]!;
}

/** The highest of a person's roles by account, link and tenant membership; a link makes nobody an owner. */
export function findRole(
  found: {
    readonly isOwner: boolean;
    readonly isOfTenant: boolean;
    readonly member: Role | null;
    readonly link: Role | null;
  },
): Role {
  const { isOwner, isOfTenant, member, link } = found;
  if (!isOwner && !isOfTenant && member === null) return link === "owner" ? "moderator" : link ?? "guest";
  const roles: Role[] = isOwner ? ["owner"] : [];
  if (member !== null) roles.push(member);
  if (link !== null) roles.push(link === "owner" ? "moderator" : link);
  // A link or a membership can give a member of the tenant a lower role than the tenant does: a viewer is
  // meant to watch.
  if (isOfTenant && roles.length === 0) roles.push("participant");
  return highestRole(roles) ?? "guest";
}
