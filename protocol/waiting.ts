import * as v from "valibot";
import { MAX_DECLINE_TEXT } from "./text_limits.ts";
import { EdgeId, ParticipantId } from "./ids.ts";
import { command, event, message } from "./message.ts";
import { entrantEntries, type Participant } from "./participant.ts";

/** Most waiting participants per room. */
export const MAX_WAITING = 200;

export const waitingCommands = {
  /** Admits a participant; null: all waiting ones, up to the room's limit. */
  "waiting.admit": command("waiting.admit", { participantId: v.nullable(ParticipantId) }),
  /** Declines a participant, with a message to them or an empty text. */
  "waiting.decline": command("waiting.decline", {
    participantId: ParticipantId,
    text: v.pipe(v.string(), v.maxLength(MAX_DECLINE_TEXT)),
  }),
};

/** For moderators only; everyone else gets `skipped`. Admission is `participant.joined`. */
export const waitingEvents = {
  "waiting.entered": event("waiting.entered", entrantEntries),
  /** The participant's connection was lost; they can come back within the resume window. */
  "waiting.away": event("waiting.away", { participantId: ParticipantId }),
  "waiting.returned": event("waiting.returned", { participantId: ParticipantId, edgeId: EdgeId }),
  "waiting.left": event("waiting.left", {
    participantId: ParticipantId,
    reason: v.picklist(["left", "lost", "declined"]),
    text: v.optional(v.string()),
  }),
};

/** Messages to waiting participants. */
export const waitingDown = {
  /** The participant waits from now on. A `snapshot` says that they were admitted. */
  waiting: message("waiting", {}),
  /** The participant is declined. The socket is closed right after. */
  declined: message("declined", { text: v.string() }),
};

/** A participant who waits to be admitted. */
export interface Waiting extends Omit<Participant, "joinedAt"> {
  readonly since: number;
}

/** All waiting participants, the longest waiting first. Only moderators see them. */
export type WaitingList = Readonly<Record<ParticipantId, Waiting>>;

export type WaitingEvent = v.InferOutput<(typeof waitingEvents)[keyof typeof waitingEvents]>;

export function evolveWaiting(list: WaitingList, event: WaitingEvent): WaitingList {
  const id = event.participantId;
  switch (event.type) {
    case "waiting.entered": {
      const { name, role, isGuest, persons, edgeId, at } = event;
      const entered = { id, name, role, isGuest, persons, edgeId, since: at } as const;
      return { ...list, [id]: { ...entered, presence: "here", presenceAt: at } };
    }
    case "waiting.away":
      return change(list, id, { presence: "away", presenceAt: event.at });
    case "waiting.returned":
      return change(list, id, { presence: "here", presenceAt: event.at, edgeId: event.edgeId });
    case "waiting.left":
      return withoutWaiting(list, id);
    default:
      return event satisfies never;
  }
}

/** `list` without a participant who no longer waits. */
export function withoutWaiting(list: WaitingList, id: ParticipantId): WaitingList {
  if (list[id] === undefined) return list;
  const { [id]: _gone, ...rest } = list;
  return rest;
}

function change(list: WaitingList, id: ParticipantId, part: Partial<Waiting>): WaitingList {
  const before = list[id];
  return before === undefined ? list : { ...list, [id]: { ...before, ...part } };
}
