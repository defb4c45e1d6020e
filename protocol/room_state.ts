import type { CoreEvent } from "./core_messages.ts";
import type { Event, Skipped } from "./down.ts";
import {
  FEATURE_NAMES,
  type FeatureName,
  featureOf,
  features,
  type FeatureSlices,
} from "./feature_states.ts";
import { evolveParticipants, evolvePlaces, type Participants } from "./participant.ts";
import { evolveKnown, type KnownPersons } from "./person.ts";
import { evolveRemoving, type RemovingList } from "./removing.ts";
import { EMPTY_ROOM, evolveRoom, type Room } from "./room.ts";
import { afterReactions, evolveSpaces, NO_SPACES, type Spaces, withSlice } from "./spaces.ts";
import { evolveTracks, type Tracks, withoutTracksOf } from "./track.ts";
import { evolveWaiting, type WaitingList, withoutWaiting } from "./waiting.ts";

/** Admission and media of a room. */
export interface CoreState {
  /** Last event applied; 0 before the first. */
  readonly seq: number;
  readonly room: Room;
  readonly participants: Participants;
  /** Empty for everyone but moderators. */
  readonly waiting: WaitingList;
  readonly known: KnownPersons;
  readonly tracks: Tracks;
  readonly removing: RemovingList;
  /** Spaces besides the main room, with their features' slices. */
  readonly spaces: Spaces;
}

/**
 * A room as the result of its events: the same in every edge and every client that has seen the same events.
 * Each feature has one slice under its name; if its scope is the space, that is the slice of the main room.
 */
export interface RoomState extends CoreState, FeatureSlices {}

/**
 * Raise it when RoomState changes its shape: stored snapshots of another shape are then ignored, and the log
 * is folded again.
 */
export const STATE_SHAPE = 5;

export const EMPTY_STATE: RoomState = {
  seq: 0,
  room: EMPTY_ROOM,
  participants: {},
  waiting: {},
  known: {},
  tracks: {},
  removing: {},
  spaces: NO_SPACES,
  .../* @__PURE__ */ emptySlices(),
};

function emptySlices(): FeatureSlices {
  const slices = FEATURE_NAMES.map((name) => [name, features[name].empty]);
  return Object.fromEntries(slices) as unknown as FeatureSlices;
}

/** A function of a feature, by type of event; which types it takes is checked where the feature is made. */
type Step = (slice: unknown, event: Event, participants: Participants) => unknown;
type Steps = Readonly<Record<string, Step>>;

/** The features that each event of the core changes. */
const LISTENING: ReadonlyMap<string, readonly (readonly [FeatureName, Step])[]> =
  /* @__PURE__ */ listListening();

function listListening(): Map<string, (readonly [FeatureName, Step])[]> {
  const listening = new Map<string, (readonly [FeatureName, Step])[]>();
  for (const name of FEATURE_NAMES) {
    for (const [type, step] of Object.entries((features[name].on ?? {}) as Steps)) {
      listening.set(type, [...listening.get(type) ?? [], [name, step]]);
    }
  }
  return listening;
}

/**
 * `state` after `event`. Pure; unchanged parts are shared. An unknown event, from a newer build, changes only
 * `seq`. Throws RangeError unless `event` is the next in the log.
 */
export function evolve(state: RoomState, event: Event | Skipped): RoomState {
  if (event.seq !== state.seq + 1) throw new RangeError(`event ${event.seq} does not follow ${state.seq}`);
  if (event.type === "skipped") return { ...state, seq: event.seq };
  return { ...state, ...changed(state, event), seq: event.seq };
}

/** The slices that `event` changes. */
function changed(state: RoomState, event: Event): Partial<RoomState> {
  const name = featureOf(event.type);
  if (name !== undefined) {
    const step = (features[name].evolve as Steps)[event.type];
    if (step === undefined) return {};
    const { space } = event;
    const { participants } = state;
    if (space === undefined || features[name].scope === "room") {
      return { [name]: step(state[name], event, participants) };
    }
    const slice = state.spaces[space]?.slices[name] ?? features[name].empty;
    return { spaces: withSlice(state.spaces, space, name, step(slice, event, participants)) };
  }
  const slices = evolveCore(state, event as CoreEvent);
  const listening = LISTENING.get(event.type) ?? [];
  if (listening.length === 0) return slices;
  const spaces = afterReactions(
    slices.spaces ?? state.spaces,
    listening,
    event as CoreEvent,
    state.participants,
  );
  return Object.assign(
    slices,
    spaces !== state.spaces && { spaces },
    ...listening.map(([feature, step]) => ({ [feature]: step(state[feature], event, state.participants) })),
  );
}

function evolveCore(state: CoreState, event: CoreEvent): Partial<CoreState> {
  switch (event.type) {
    case "room.created":
    case "room.changed":
      return { room: evolveRoom(state.room, event) };
    case "room.ended":
      return { participants: {}, waiting: {}, known: {}, tracks: {}, removing: {}, spaces: NO_SPACES };
    case "participant.joined":
      return {
        participants: evolveParticipants(state.participants, event),
        waiting: withoutWaiting(state.waiting, event.participantId),
        known: evolveKnown(state.known, event, undefined),
        removing: evolveRemoving(state.removing, event, undefined),
      };
    case "participant.away":
    case "participant.returned":
    case "participant.renamed":
      return { participants: evolveParticipants(state.participants, event) };
    case "role.changed": {
      const known = evolveKnown(state.known, event, state.participants[event.participantId]);
      return { participants: evolveParticipants(state.participants, event), known };
    }
    case "participant.left":
      return {
        participants: evolveParticipants(state.participants, event),
        known: evolveKnown(state.known, event, state.participants[event.participantId]),
        tracks: withoutTracksOf(state.tracks, event.participantId),
        removing: evolveRemoving(state.removing, event, state.participants[event.participantId]),
      };
    case "participant.gone":
      return { removing: evolveRemoving(state.removing, event, undefined) };
    case "waiting.entered":
    case "waiting.away":
    case "waiting.returned":
    case "waiting.left":
      return { waiting: evolveWaiting(state.waiting, event) };
    case "space.opened":
      return { spaces: evolveSpaces(state.spaces, event) };
    case "space.moved":
      return { participants: evolvePlaces(state.participants, event) };
    case "space.closed":
      return {
        participants: evolvePlaces(state.participants, event),
        spaces: evolveSpaces(state.spaces, event),
      };
    case "track.published":
    case "track.stopping":
    case "track.muted":
    case "track.unmuted":
    case "track.unpublished":
    case "track.narrowed":
    case "track.addressed":
    case "track.widened":
      return { tracks: evolveTracks(state.tracks, event) };
    default:
      event satisfies never;
      return {};
  }
}

/** This build's slices of a state written by any build: missing ones are empty, unknown ones are left out. */
export function ownSlices(state: Partial<RoomState>): RoomState {
  const slices = Object.keys(EMPTY_STATE).map((
    name,
  ) => [name, state[name as keyof RoomState] ?? EMPTY_STATE[name as keyof RoomState]]);
  return Object.fromEntries(slices) as unknown as RoomState;
}

/** Whether a state has slices that this build does not know. */
export function hasForeignSlices(state: object): boolean {
  return Object.keys(state).some((name) => !Object.hasOwn(EMPTY_STATE, name));
}
