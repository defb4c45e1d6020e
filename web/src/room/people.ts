import type { Participant, ParticipantId, Role, Track, TrackSource, Waiting } from "@tafelrunde/protocol";
import type { CallView } from "../call/api.ts";

/** The tracks of each person, by source. */
export type TracksOf = ReadonlyMap<ParticipantId, Readonly<Partial<Record<TrackSource, Track>>>>;

/** Sorts the room's tracks by person and source. */
export function tracksByPerson(view: CallView): TracksOf {
  const byPerson = new Map<ParticipantId, Partial<Record<TrackSource, Track>>>();
  for (const track of Object.values(view.state.tracks)) {
    const tracks = byPerson.get(track.participantId) ?? {};
    tracks[track.source] = track;
    byPerson.set(track.participantId, tracks);
  }
  return byPerson;
}

/** Everyone in the room in the order of joining, oneself last. */
export function peopleInOrder(view: CallView): ParticipantId[] {
  const ids = Object.values(view.state.participants)
    .sort((a, b) => a.joinedAt - b.joinedAt || (a.id < b.id ? -1 : 1))
    .map(({ id }) => id);
  const { you } = view;
  return you !== undefined && ids.includes(you) ? [...ids.filter((id) => id !== you), you] : ids;
}

/**
 * Waiting participants, longest first; a person with several tabs once. Empty for everyone but moderators.
 */
export function waitingPersons(view: CallView): Waiting[] {
  const persons = new Map<string, Waiting>();
  for (const waiting of Object.values(view.state.waiting)) {
    const key = waiting.persons[0] ?? waiting.id;
    if (!persons.has(key)) persons.set(key, waiting);
  }
  return [...persons.values()];
}

/**
 * Whether a moderator of this role may rename, remove or change the role of a person; the edge decides
 * finally.
 */
export function mayTouch(role: Role, { role: theirs }: Participant, isYou: boolean): boolean {
  return theirs !== "owner" && (theirs !== "moderator" || role === "owner" || isYou);
}
