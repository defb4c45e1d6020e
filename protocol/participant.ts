import * as v from "valibot";
import { EdgeId, ParticipantId } from "./ids.ts";
import { command, event } from "./message.ts";

/** Longest name a person may go by, characters. */
export const MAX_NAME = 80;

export const participantCommands = {
  /** Enter. For someone who is in the room already it means "I am back". */
  "participant.join": command("participant.join", { name: v.string() }),
  /** Leave for good; the socket is closed after the answer. */
  "participant.leave": command("participant.leave", {}),
};

export const participantEvents = {
  "participant.joined": event("participant.joined", {
    participantId: ParticipantId,
    name: v.string(),
    edgeId: EdgeId,
  }),
  /** Their connection is gone; they have the resume window to come back. */
  "participant.away": event("participant.away", { participantId: ParticipantId }),
  /** They are back, through this edge. */
  "participant.returned": event("participant.returned", { participantId: ParticipantId, edgeId: EdgeId }),
  "participant.left": event("participant.left", {
    participantId: ParticipantId,
    /** "left" by their own will, "lost" when the resume window had passed. */
    reason: v.picklist(["left", "lost"]),
  }),
};

export interface Participant {
  readonly id: ParticipantId;
  readonly name: string;
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

export function evolveParticipants(participants: Participants, event: ParticipantEvent): Participants {
  const id = event.participantId;
  switch (event.type) {
    case "participant.joined": {
      const { name, edgeId, at } = event;
      return { ...participants, [id]: { id, name, edgeId, joinedAt: at, presence: "here", presenceAt: at } };
    }
    case "participant.away":
      return change(participants, id, { presence: "away", presenceAt: event.at });
    case "participant.returned":
      return change(participants, id, { presence: "here", presenceAt: event.at, edgeId: event.edgeId });
    case "participant.left": {
      const { [id]: _gone, ...rest } = participants;
      return rest;
    }
    default:
      return event satisfies never;
  }
}

function change(participants: Participants, id: ParticipantId, part: Partial<Participant>): Participants {
  const before = participants[id];
  return before === undefined ? participants : { ...participants, [id]: { ...before, ...part } };
}
