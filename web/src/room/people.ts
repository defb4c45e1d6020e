import {
  type Participant,
  type ParticipantId,
  type PersonId,
  personOf,
  type Role,
  type Track,
  type TrackSource,
  type Waiting,
} from "@tafelrunde/protocol";
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

/** One who is in the room, with all their devices. */
export interface Someone {
  /** The device that stands for them: the one of this page, or else the first. */
  readonly id: ParticipantId;
  readonly devices: readonly ParticipantId[];
}

/** Everyone in the room in the order of joining, oneself last. */
export function peopleInOrder({ you, state }: Pick<CallView, "you" | "state">): Someone[] {
  const byPerson = new Map<PersonId, ParticipantId[]>();
  const joined = Object.values<Participant>(state.participants)
    .sort((a, b) => a.joinedAt - b.joinedAt || (a.id < b.id ? -1 : 1));
  for (const participant of joined) {
    const person = personOf(participant);
    const devices = byPerson.get(person);
    if (devices === undefined) byPerson.set(person, [participant.id]);
    else devices.push(participant.id);
  }
  const others: Someone[] = [];
  const own: Someone[] = [];
  for (const devices of byPerson.values()) {
    if (you !== undefined && devices.includes(you)) own.push({ id: you, devices });
    else others.push({ id: devices[0]!, devices });
  }
  return [...others, ...own];
}

/**
 * The tiles of the stage: one for each person, and one more for each further device that shows a camera. A
 * tile stands for its device and for those without a tile. Recorders, which nobody sees or hears, have none.
 */
export function tilesInOrder(view: Pick<CallView, "you" | "state">, tracks: TracksOf): Someone[] {
  const isRecorder = ({ id }: Someone) => view.state.participants[id]?.kind === "recorder";
  return peopleInOrder(view).filter((one) => !isRecorder(one)).flatMap(({ id, devices }) => {
    const shown = devices.filter((device) => device === view.you || isLive(tracks.get(device)?.camera));
    const first = shown.length === 0 || shown.includes(id) ? id : shown[0]!;
    const further = shown.filter((device) => device !== first);
    const rest = devices.filter((device) => !further.includes(device));
    return [{ id: first, devices: rest }, ...further.map((device) => ({ id: device, devices: [device] }))];
  });
}

/** A person's track of a source over all their devices: one that is on, or else any. */
export function trackOf(
  tracks: TracksOf,
  devices: readonly ParticipantId[],
  source: TrackSource,
): Track | undefined {
  const all = devices.flatMap((device) => tracks.get(device)?.[source] ?? []);
  return all.find(isLive) ?? all[0];
}

/** Whether a track exists and is on. */
export function isLive(track: { readonly muted: boolean } | undefined): boolean {
  return track !== undefined && !track.muted;
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
