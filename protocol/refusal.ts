import * as v from "valibot";
import { CommandId } from "./ids.ts";

/** Everything a person can be refused, in words of what is so. The client translates each (web/src/i18n). */
export const REFUSAL_CODES = [
  /** No such room, or its link was changed, revoked or mistyped. Both look the same to whoever guesses. */
  "room.unknown",
  /** The room has as many people as it may hold. */
  "room.full",
  /** The command needs someone who has joined. */
  "participant.notJoined",
  /** A name is empty once trimmed, or longer than 80 characters. */
  "participant.nameInvalid",
  /** A message is empty once trimmed. */
  "chat.empty",
  /** A message is longer than 4,000 characters. */
  "chat.tooLong",
  /** Nobody publishes such a track, or somebody else does. */
  "track.unknown",
  /** The id is in use. */
  "track.idTaken",
  /** One more track of this source than a person may publish. */
  "track.limit",
  /** The media node could not make sense of the RTP parameters. */
  "track.invalid",
  /** No media node can take this person now; chat and the rest go on. */
  "media.unavailable",
  /** More messages than the limit; `retryAfterMs` says when the next will be taken. */
  "message.tooFrequent",
  /** The same, counted over all sockets of one person. */
  "person.tooFrequent",
  /** The same, counted over everyone in the room. */
  "room.tooFrequent",
  /** Too many requests, or too many open sockets, from one network address. */
  "address.tooFrequent",
  /** The room has more commands waiting than it may hold. */
  "room.busy",
  /** The database does not answer; the command is not stored. */
  "store.unavailable",
] as const;

export type RefusalCode = (typeof REFUSAL_CODES)[number];

/** The user cannot do this now. Data, never thrown; sent to whoever asked and to nobody else. */
export interface Refusal {
  readonly refused: RefusalCode;
  /** When asking again makes sense, ms from now. */
  readonly retryAfterMs?: number;
}

/** Builds a refusal. */
export function refuse(code: RefusalCode, retryAfterMs?: number): Refusal {
  return retryAfterMs === undefined ? { refused: code } : { refused: code, retryAfterMs };
}

/** Tells a refusal from any other answer. */
export function isRefusal(answer: unknown): answer is Refusal {
  return typeof answer === "object" && answer !== null && "refused" in answer;
}

/** `refused` on the wire; `cause` names the command, or is null for a message without an id. */
export const refused = v.strictObject({
  type: v.literal("refused"),
  cause: v.nullable(CommandId),
  code: v.picklist(REFUSAL_CODES),
  retryAfterMs: v.optional(v.number()),
});
