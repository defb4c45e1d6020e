import type { ParticipantId, Track, TrackSource } from "@tafelrunde/protocol";
import type { CallView } from "../call/api.ts";

/** What each person publishes, by source. */
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

/** Place in the row of raised hands, 1 for the one that is up longest; undefined: not raised. */
export function placeOfHand(view: CallView, id: ParticipantId): number | undefined {
  const raisedAt = view.state.hands[id];
  if (raisedAt === undefined) return undefined;
  return 1 + Object.values(view.state.hands).filter((at) => at < raisedAt).length;
}
