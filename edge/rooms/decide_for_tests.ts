import {
  type EdgeId,
  EMPTY_STATE,
  type Event,
  evolve,
  type ParticipantId,
  type PersonId,
  type Role,
  type RoomSettingsChange,
  type RoomState,
  type TrackId,
  type TrackSource,
} from "@tafelrunde/protocol";
import { decide } from "./decide.ts";
import type { Decision, Entrant, EventDraft, JoinCommand, RoomCommand } from "./decision.ts";

/** A participant id that reads like a name. */
export const idOf = (name: string) => name.toLowerCase().padEnd(26, name[0]!.toLowerCase()) as ParticipantId;

/** The person id for a name, on a device of their own. */
export const personOf = (name: string) => name.toLowerCase().padEnd(16, "p") as PersonId;

export const ANNA = idOf("Anna");
export const BEN = idOf("Ben");
export const CAMERA = "11111111-1111-4111-8111-111111111111" as TrackId;
export const HERE = "e".repeat(16) as EdgeId;
export const ELSEWHERE = "f".repeat(16) as EdgeId;

/**
 * The state after `drafts`, stored one after another at 1000, 1001 … ms; whoever joins does so by themselves.
 */
export function given(...drafts: readonly EventDraft[]): RoomState {
  return after(EMPTY_STATE, ...drafts);
}

/** `state` after `drafts`. */
export function after(from: RoomState, ...drafts: readonly EventDraft[]): RoomState {
  return drafts.reduce((state, draft) => {
    const actor = draft.type === "participant.joined" ? draft.participantId : null;
    return evolve(state, { ...draft, seq: state.seq + 1, at: 1000 + state.seq, actor, cause: null } as Event);
  }, from);
}

/** The decision on a participant's `command`. */
export function when(
  state: RoomState,
  participantId: ParticipantId | null,
  command: RoomCommand,
  edgeId = HERE,
  at = 1000 + state.seq,
): Decision {
  return decide(state, command, { participantId, commandId: null, edgeId }, at);
}

/** An event that joins a participant; a guest by default. */
export function joined(id: ParticipantId, name = "Anna", role: Role = "guest"): EventDraft {
  return { type: "participant.joined", participantId: id, name, edgeId: HERE, ...entrant(name, role), role };
}

/** Someone who wants to enter; a guest by default. */
export function entrant(name: string, role: Role = "guest"): Entrant {
  return { role, isGuest: role === "guest" || role === "viewer", persons: [personOf(name)] };
}

export function join(name: string, role: Role = "guest"): JoinCommand {
  return { type: "participant.join", name, ...entrant(name, role) };
}

export function changed(settings: RoomSettingsChange): EventDraft {
  return { type: "room.changed", settings };
}

export function published(
  participantId: ParticipantId = ANNA,
  source: TrackSource = "camera",
  trackId: TrackId = CAMERA,
): EventDraft {
  return { type: "track.published", participantId, trackId, source, muted: false };
}
