import { type Chat, evolveChat } from "./chat.ts";
import type { Event, Skipped } from "./down.ts";
import { evolveHands, type Hands, withoutHand } from "./hand.ts";
import { evolveParticipants, type Participants } from "./participant.ts";
import { evolveKnown, type KnownPersons } from "./person.ts";
import { evolveRemoving, type RemovingList } from "./removing.ts";
import { EMPTY_ROOM, evolveRoom, type Room } from "./room.ts";
import { evolveTracks, type Tracks, withoutTracksOf } from "./track.ts";
import { evolveWaiting, type WaitingList, withoutWaiting } from "./waiting.ts";

/**
 * A room as the result of its events: the same in every edge and every client that has seen the same events.
 */
export interface RoomState {
  /** Last event applied; 0 before the first. */
  readonly seq: number;
  readonly room: Room;
  readonly participants: Participants;
  /** Empty for everyone but moderators. */
  readonly waiting: WaitingList;
  readonly known: KnownPersons;
  readonly hand: Hands;
  readonly chat: Chat;
  readonly tracks: Tracks;
  readonly removing: RemovingList;
}

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
  hand: {},
  chat: [],
  tracks: {},
  removing: {},
};

/**
 * `state` after `event`. Pure; unchanged parts are shared. An unknown event, from a newer build, changes only
 * `seq`. Throws RangeError unless `event` is the next in the log.
 */
export function evolve(state: RoomState, event: Event | Skipped): RoomState {
  if (event.seq !== state.seq + 1) throw new RangeError(`event ${event.seq} does not follow ${state.seq}`);
  if (event.type === "skipped") return { ...state, seq: event.seq };
  return { ...evolveSlices(state, event), seq: event.seq };
}

function evolveSlices(state: RoomState, event: Event): RoomState {
  switch (event.type) {
    case "room.created":
    case "room.changed":
      return { ...state, room: evolveRoom(state.room, event) };
    case "room.ended":
      return { ...state, participants: {}, waiting: {}, known: {}, hand: {}, tracks: {}, removing: {} };
    case "participant.joined":
      return {
        ...state,
        participants: evolveParticipants(state.participants, event),
        waiting: withoutWaiting(state.waiting, event.participantId),
        known: evolveKnown(state.known, event, undefined),
        removing: evolveRemoving(state.removing, event, undefined),
      };
    case "participant.away":
    case "participant.returned":
    case "participant.renamed":
      return { ...state, participants: evolveParticipants(state.participants, event) };
    case "role.changed": {
      const known = evolveKnown(state.known, event, state.participants[event.participantId]);
      return { ...state, participants: evolveParticipants(state.participants, event), known };
    }
    case "participant.left":
      return {
        ...state,
        participants: evolveParticipants(state.participants, event),
        known: evolveKnown(state.known, event, state.participants[event.participantId]),
        hand: withoutHand(state.hand, event.participantId),
        tracks: withoutTracksOf(state.tracks, event.participantId),
        removing: evolveRemoving(state.removing, event, state.participants[event.participantId]),
      };
    case "participant.gone":
      return { ...state, removing: evolveRemoving(state.removing, event, undefined) };
    case "waiting.entered":
    case "waiting.away":
    case "waiting.returned":
    case "waiting.left":
      return { ...state, waiting: evolveWaiting(state.waiting, event) };
    case "hand.raised":
    case "hand.lowered":
      return { ...state, hand: evolveHands(state.hand, event) };
    case "chat.posted":
    case "chat.deleted":
      return { ...state, chat: evolveChat(state.chat, event) };
    case "track.published":
    case "track.stopping":
    case "track.muted":
    case "track.unmuted":
    case "track.unpublished":
      return { ...state, tracks: evolveTracks(state.tracks, event) };
    default:
      event satisfies never;
      return state;
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
