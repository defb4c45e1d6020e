import * as v from "valibot";
import { EdgeId, ParticipantId, PersonId, type SpaceId, TokenId } from "./ids.ts";
import { isSomebody, TOKEN_KINDS, type TokenKind } from "./kinds.ts";
import { command, event } from "./message.ts";
import { Role, type RoleEvent } from "./role.ts";
import type { SpaceEvent } from "./space.ts";
import { list } from "./object.ts";

/** Longest password, characters. */
export const MAX_PASSWORD = 200;

/** Most devices of one person in a room. */
export const MAX_DEVICES = 10;

/** What a client sends to join. `password`: the room's, if it has one. */
export const joinEntries = {
  /** The participant's name. */
  name: v.string(),
  /** The room's password, if it has one. */
  password: v.optional(v.pipe(v.string(), v.maxLength(MAX_PASSWORD))),
  /** The person goes on with this device: their others leave the meeting. */
  replaces: v.optional(v.boolean()),
};

/** A joining participant, as the edge knows them. */
export const entrantEntries = {
  participantId: ParticipantId,
  name: v.string(),
  /** The edge that holds their socket. */
  edgeId: EdgeId,
  role: Role,
  /** Whether they are not a member of the room's tenant. */
  isGuest: v.boolean(),
  /** The person behind all their devices: by account (if signed in), then by device. */
  persons: v.pipe(list(PersonId, 2), v.readonly()),
  /** Absent: a person. */
  kind: v.optional(v.picklist(TOKEN_KINDS)),
  /** The token that a phone, an ingest or a recorder came by. */
  token: v.optional(TokenId),
};

export const participantCommands = {
  /** Join, or wait to be admitted. If already in the room: reconnected. */
  "participant.join": command("participant.join", joinEntries),
  /** Leave for good, or stop waiting; the socket is closed after the answer. */
  "participant.leave": command("participant.leave", {}),
  /** Change one's own name, or another participant's. */
  "participant.rename": command("participant.rename", { participantId: ParticipantId, name: v.string() }),
  /**
   * Remove a participant. They can ask to come back, and then have to wait; `ban`: not until the meeting has
   * ended.
   */
  "participant.remove": command("participant.remove", { participantId: ParticipantId, ban: v.boolean() }),
};

export const participantEvents = {
  /** `actor` is the participant, or the moderator who admitted them. */
  "participant.joined": event("participant.joined", entrantEntries),
  /** The participant's connection was lost; they can come back within the resume window. */
  "participant.away": event("participant.away", { participantId: ParticipantId }),
  /** The participant is back, through this edge. */
  "participant.returned": event("participant.returned", { participantId: ParticipantId, edgeId: EdgeId }),
  "participant.renamed": event("participant.renamed", { participantId: ParticipantId, name: v.string() }),
  "participant.left": event("participant.left", {
    participantId: ParticipantId,
    /**
     * "left" on their own, "lost" after the resume window, "removed" or "banned" by a moderator, "replaced":
     * the person goes on with another device.
     */
    reason: v.picklist(["left", "lost", "removed", "banned", "replaced"]),
  }),
  /** The media nodes have confirmed that a removed participant's media is closed in both directions. */
  "participant.gone": event("participant.gone", { participantId: ParticipantId }),
};

export interface Participant {
  readonly id: ParticipantId;
  readonly name: string;
  readonly role: Role;
  /** Whether they are not a member of the room's tenant. */
  readonly isGuest: boolean;
  /** The person behind all their devices: by account (if signed in), then by device. */
  readonly persons: readonly PersonId[];
  /** Absent: a person. */
  readonly kind?: TokenKind | undefined;
  /** The token that a phone, an ingest or a recorder came by. */
  readonly token?: TokenId | undefined;
  readonly joinedAt: number;
  /** "away": not connected, can come back within the resume window. */
  readonly presence: "here" | "away";
  /** Since when `presence` applies. */
  readonly presenceAt: number;
  /** The edge that holds, or last held, their socket. */
  readonly edgeId: EdgeId;
  /** The space that they are in; absent: the main room. */
  readonly spaceId?: SpaceId;
}

/** Everyone who joined and has not left, in order of joining. */
export type Participants = Readonly<Record<ParticipantId, Participant>>;

export type ParticipantEvent = v.InferOutput<(typeof participantEvents)[keyof typeof participantEvents]>;

export function evolveParticipants(
  participants: Participants,
  event: ParticipantEvent | RoleEvent,
): Participants {
  const id = event.participantId;
  switch (event.type) {
    case "participant.joined": {
      const { name, role, isGuest, persons, kind, token, edgeId, at } = event;
      const came = { ...kind && { kind }, ...token && { token } };
      const joined = { id, name, role, isGuest, persons, ...came, edgeId, joinedAt: at } as const;
      return { ...participants, [id]: { ...joined, presence: "here", presenceAt: at } };
    }
    case "participant.away":
      return change(participants, id, { presence: "away", presenceAt: event.at });
    case "participant.returned":
      return change(participants, id, { presence: "here", presenceAt: event.at, edgeId: event.edgeId });
    case "participant.renamed":
      return change(participants, id, { name: event.name });
    case "role.changed":
      return devicesOf(participants, id).reduce(
        (changed, device) => change(changed, device.id, { role: event.role }),
        participants,
      );
    case "participant.left": {
      const { [id]: _gone, ...rest } = participants;
      return rest;
    }
    case "participant.gone":
      return participants;
    default:
      return event satisfies never;
  }
}

/** `participants` after people were moved, or their spaces were closed. */
export function evolvePlaces(
  participants: Participants,
  event: Extract<SpaceEvent, { type: `space.${"moved" | "closed"}` }>,
): Participants {
  const moved: Record<ParticipantId, Participant> = { ...participants };
  const ids = event.type === "space.moved"
    ? event.participantIds
    : Object.values(participants).flatMap(({ id, spaceId }) =>
      spaceId !== undefined && event.spaceIds.includes(spaceId) ? [id] : []
    );
  const target = event.type === "space.moved" ? event.spaceId : null;
  for (const id of ids) {
    if (participants[id] === undefined) continue;
    const { spaceId: _before, ...person } = participants[id];
    moved[id] = { ...person, ...target !== null && { spaceId: target } };
  }
  return moved;
}

/** A participant, as far as it tells whose device it is. */
interface Device {
  readonly id: ParticipantId;
  readonly persons: readonly PersonId[];
}

/** The person behind a participant. */
export function personOf({ id, persons }: Device): PersonId {
  return persons[0] ?? id.slice(0, 16) as PersonId;
}

/** All devices of `person` among `people`. */
export function devicesOfPerson<One extends Device>(
  people: Readonly<Record<ParticipantId, One>>,
  person: PersonId,
): One[] {
  return Object.values<One>(people).filter((one) => personOf(one) === person);
}

/** All devices among `people` of the person behind `id`, including `id`; empty if `id` is not among them. */
export function devicesOf<One extends Device>(
  people: Readonly<Record<ParticipantId, One>>,
  id: ParticipantId,
): One[] {
  const one = people[id];
  return one === undefined ? [] : devicesOfPerson(people, personOf(one));
}

/** The persons in the room, each with their devices, in the order of joining. Machines do not count. */
export function personsIn(participants: Participants): ReadonlyMap<PersonId, readonly Participant[]> {
  const persons = new Map<PersonId, Participant[]>();
  for (const participant of Object.values(participants)) {
    if (!isSomebody(participant)) continue;
    const person = personOf(participant);
    const devices = persons.get(person);
    if (devices === undefined) persons.set(person, [participant]);
    else devices.push(participant);
  }
  return persons;
}

function change(participants: Participants, id: ParticipantId, part: Partial<Participant>): Participants {
  const before = participants[id];
  return before === undefined ? participants : { ...participants, [id]: { ...before, ...part } };
}
