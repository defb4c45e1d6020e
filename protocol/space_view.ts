import { sliceIn } from "./audience.ts";
import { SPACE_FEATURES } from "./feature_states.ts";
import type { ParticipantId, SpaceId } from "./ids.ts";
import type { Participants } from "./participant.ts";
import type { RoomState } from "./room_state.ts";
import { spaceOf } from "./spaces.ts";
import { isAddressedTo, type Tracks } from "./track.ts";

/** The last state that was looked at, so that the same state gives the same view. */
let last: { readonly state: RoomState; readonly you: ParticipantId; readonly view: RoomState } | undefined;

/**
 * The room as it is for a participant in their space: the people there, the tracks that they get, and the
 * features' slices of that space in the place of the main room's. `state` itself while there are no spaces
 * and no whispers.
 */
export function inSpaceOf(state: RoomState, you: ParticipantId | undefined): RoomState {
  if (you === undefined || state.participants[you] === undefined) return state;
  if (last?.state !== state || last.you !== you) last = { state, you, view: viewOf(state, you, last?.view) };
  return last.view;
}

function viewOf(state: RoomState, you: ParticipantId, before: RoomState | undefined): RoomState {
  const space = spaceOf(state.participants, you);
  const participants = peopleIn(state.participants, space);
  const tracks = tracksFor(state.tracks, participants, you);
  if (participants === state.participants && tracks === state.tracks && space === null) return state;
  const slices = SPACE_FEATURES.map((name) => [name, sliceIn(state, name, space)]);
  return {
    ...state,
    participants: kept(participants, before?.participants),
    tracks: kept(tracks, before?.tracks),
    ...Object.fromEntries(slices),
  };
}

function peopleIn(participants: Participants, space: SpaceId | null): Participants {
  const all = Object.entries(participants);
  const here = all.filter(([, { spaceId = null }]) => spaceId === space);
  return here.length === all.length ? participants : Object.fromEntries(here);
}

function tracksFor(tracks: Tracks, here: Participants, you: ParticipantId): Tracks {
  const all = Object.entries(tracks);
  const seen = all.filter(([, track]) =>
    here[track.participantId] !== undefined && isAddressedTo(track, you)
  );
  return seen.length === all.length ? tracks : Object.fromEntries(seen);
}

/** `before` if it has the same entries, so that readers see no change. */
function kept<Part extends Participants | Tracks>(now: Part, before: Part | undefined): Part {
  if (before === undefined) return now;
  const entries = Object.entries(now);
  const isSame = entries.length === Object.keys(before).length &&
    entries.every(([id, entry]) => (before as Readonly<Record<string, unknown>>)[id] === entry);
  return isSame ? before : now;
}
