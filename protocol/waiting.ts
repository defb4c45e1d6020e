import * as v from "valibot";
import { MAX_DECLINE_TEXT } from "./text_limits.ts";
import { EdgeId, ParticipantId } from "./ids.ts";
import { command, event, message } from "./message.ts";
import { entrantEntries, type Participant } from "./participant.ts";

/** Most people who wait before one room. */
export const MAX_WAITING = 200;

export const waitingCommands = {
  /** Lets somebody in; null: everyone who waits, as far as there is room. */
  "waiting.admit": command("waiting.admit", { participantId: v.nullable(ParticipantId) }),
  /** Sends somebody away, with a word to them or an empty text. */
  "waiting.decline": command("waiting.decline", {
    participantId: ParticipantId,
    text: v.pipe(v.string(), v.maxLength(MAX_DECLINE_TEXT)),
  }),
};

/** For moderators only; the others are told that an event was skipped. Who is let in: `participant.joined`. */
export const waitingEvents = {
  "waiting.entered": event("waiting.entered", entrantEntries),
  /** Their connection is gone; they have the resume window to come back. */
  "waiting.away": event("waiting.away", { participantId: ParticipantId }),
  "waiting.returned": event("waiting.returned", { participantId: ParticipantId, edgeId: EdgeId }),
  "waiting.left": event("waiting.left", {
    participantId: ParticipantId,
    reason: v.picklist(["left", "lost", "declined"]),
    text: v.optional(v.string()),
  }),
};

/** What somebody who waits is told. */
export const waitingDown = {
  /** They wait from now on. `snapshot` says that they are in. */
  waiting: message("waiting", {}),
  /** They are not let in. The socket is closed behind it. */
  declined: message("declined", { text: v.string() }),
};

/** Someone who waits to be let in. */
export interface Waiting extends Omit<Participant, "joinedAt"> {
  readonly since: number;
}

/** Everyone who waits, the longest first. Only moderators know of them. */
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

/** `list` without someone who waits no more. */
export function withoutWaiting(list: WaitingList, id: ParticipantId): WaitingList {
  if (list[id] === undefined) return list;
  const { [id]: _gone, ...rest } = list;
  return rest;
}

function change(list: WaitingList, id: ParticipantId, part: Partial<Waiting>): WaitingList {
  const before = list[id];
  return before === undefined ? list : { ...list, [id]: { ...before, ...part } };
}
