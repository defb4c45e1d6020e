import * as v from "valibot";
import { EdgeId, ParticipantId, PersonId } from "./ids.ts";
import { command, event } from "./message.ts";
import { Role, type RoleEvent } from "./role.ts";
import { list } from "./object.ts";

/** Longest name a person may go by, characters. */
export const MAX_NAME = 80;

/** Longest password, characters. */
export const MAX_PASSWORD = 200;

/** What somebody says to enter. `password`: the room's, where it has one. */
export const joinEntries = {
  /** What they want to be called. */
  name: v.string(),
  /** The room's, where it has one. */
  password: v.optional(v.pipe(v.string(), v.maxLength(MAX_PASSWORD))),
};

/** Who enters, as the edge knows it. */
export const entrantEntries = {
  participantId: ParticipantId,
  name: v.string(),
  /** The edge that holds their socket. */
  edgeId: EdgeId,
  role: Role,
  /** Not a member of the house that the room belongs to. */
  isGuest: v.boolean(),
  /** Who they are over all their tabs: by account (if they are signed in), then by device. */
  persons: v.pipe(list(PersonId, 2), v.readonly()),
};

export const participantCommands = {
  /** Enter, or wait to be let in. For someone who is in the room already it means "I am back". */
  "participant.join": command("participant.join", joinEntries),
  /** Leave for good, or wait no more; the socket is closed after the answer. */
  "participant.leave": command("participant.leave", {}),
  /** Change one's own name, or another's. */
  "participant.rename": command("participant.rename", { participantId: ParticipantId, name: v.string() }),
  /** Make somebody leave. They may ask to come back, and then wait; `ban`: not before the meeting has ended. */
  "participant.remove": command("participant.remove", { participantId: ParticipantId, ban: v.boolean() }),
};

export const participantEvents = {
  /** `actor` is they themselves, or who let them in. */
  "participant.joined": event("participant.joined", entrantEntries),
  /** Their connection is gone; they have the resume window to come back. */
  "participant.away": event("participant.away", { participantId: ParticipantId }),
  /** They are back, through this edge. */
  "participant.returned": event("participant.returned", { participantId: ParticipantId, edgeId: EdgeId }),
  "participant.renamed": event("participant.renamed", { participantId: ParticipantId, name: v.string() }),
  "participant.left": event("participant.left", {
    participantId: ParticipantId,
    /** "left" by their own will, "lost" when the resume window had passed, "removed" or "banned" by a moderator. */
    reason: v.picklist(["left", "lost", "removed", "banned"]),
  }),
  /** The media nodes have confirmed that they send nothing any more to somebody who was removed, and take nothing from them. */
  "participant.gone": event("participant.gone", { participantId: ParticipantId }),
};

export interface Participant {
  readonly id: ParticipantId;
  readonly name: string;
  readonly role: Role;
  /** Not a member of the house that the room belongs to. */
  readonly isGuest: boolean;
  /** Who they are over all their tabs: by account (if they are signed in), then by device. */
  readonly persons: readonly PersonId[];
  readonly joinedAt: number;
  /** "away": not connected, may come back within the resume window. */
  readonly presence: "here" | "away";
  /** Since when `presence` holds. */
  readonly presenceAt: number;
  /** The edge that holds, or last held, their socket. */
  readonly edgeId: EdgeId;
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
      const { name, role, isGuest, persons, edgeId, at } = event;
      const joined = { id, name, role, isGuest, persons, edgeId, joinedAt: at } as const;
      return { ...participants, [id]: { ...joined, presence: "here", presenceAt: at } };
    }
    case "participant.away":
      return change(participants, id, { presence: "away", presenceAt: event.at });
    case "participant.returned":
      return change(participants, id, { presence: "here", presenceAt: event.at, edgeId: event.edgeId });
    case "participant.renamed":
      return change(participants, id, { name: event.name });
    case "role.changed":
      return tabsOf(participants, id).reduce(
        (changed, tab) => change(changed, tab.id, { role: event.role }),
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

/** Everyone of `people` who is the same person as `id`, they themselves among them; none if `id` is not there. */
export function tabsOf<One extends { readonly id: ParticipantId; readonly persons: readonly PersonId[] }>(
  people: Readonly<Record<ParticipantId, One>>,
  id: ParticipantId,
): One[] {
  const one = people[id];
  if (one === undefined) return [];
  return Object.values<One>(people).filter((other) => other === one || other.persons[0] === one.persons[0]);
}

function change(participants: Participants, id: ParticipantId, part: Partial<Participant>): Participants {
  const before = participants[id];
  return before === undefined ? participants : { ...participants, [id]: { ...before, ...part } };
}
