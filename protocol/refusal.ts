import * as v from "valibot";
import { CommandId } from "./ids.ts";
import { Finite } from "./message.ts";
import { RIGHT_NAMES, type RightRefusal } from "./rights.ts";
import { strictObject } from "./object.ts";

/** Everything a person can be refused, in words of what is so. The client translates each (web/src/i18n). */
export const REFUSAL_CODES = [
  /** No such room, or its link was changed, revoked or mistyped. Both look the same to whoever guesses. */
  "room.unknown",
  /** The room has as many people as it may hold. */
  "room.full",
  /** Who is not a member of the house may not come in. */
  "room.guestsNotAllowed",
  /** A moderator removed this person, and not before the meeting's end may they come back. */
  "room.banned",
  /** The log of a room without a tenant has as much as it may have; what lessens it, and leaving, is taken. */
  "room.logFull",
  /** As many people wait as may. */
  "room.waitingFull",
  /** The people of the room's tenant have spent all of its minutes of this month. */
  "tenant.minutesSpent",
  /** A room's name is longer than 120 characters. */
  "room.nameTooLong",
  /** The link was good once, and was taken back. */
  "link.revoked",
  /** The link was good until a day that has passed. */
  "link.expired",
  /** As many people as may have come in by this link. */
  "link.usedUp",
  /** The room has a password. */
  "password.missing",
  /** That is not the room's password. */
  "password.wrong",
  /** Too many wrong passwords; `retryAfterMs` says when the next will be looked at. */
  "password.tooFrequent",
  /** The command needs someone who has joined. */
  "participant.notJoined",
  /** This very join was stored before, and the person has left since: to come in again takes a join of its own. */
  "participant.hasLeft",
  /** There is nobody of that id in the room, or waiting. */
  "participant.unknown",
  /** Nobody renames, removes or makes another of the owner. */
  "participant.isOwner",
  /** Only the owner renames, removes or makes another of a cohost. */
  "participant.isCohost",
  /** A name is empty once trimmed, or longer than 80 characters. */
  "participant.nameInvalid",
  /** A message is empty once trimmed. */
  "chat.empty",
  /** A message is longer than 4,000 characters. */
  "chat.tooLong",
  /** There is no such message. */
  "chat.unknown",
  /** Nobody publishes such a track, or somebody else does. */
  "track.unknown",
  /** The id is in use. */
  "track.idTaken",
  /** One more track of this source than a person may publish. */
  "track.limit",
  /** The media node could not make sense of the RTP parameters. */
  "track.invalid",
  /** An edge of the cluster is of a release that does not have this feature yet; it works once that edge is gone. */
  "feature.unavailable",
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
  /** A right that the table (rights.ts) does not give to this role. */
  ...RIGHT_NAMES.map((right): RightRefusal => `${right}.notAllowed`),
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

/** Whether what was refused may be taken a little later, without anything else being different. */
export function isForNow({ refused }: Refusal): boolean {
  return refused.endsWith(".tooFrequent") || refused === "room.busy" || refused === "store.unavailable";
}

/** Tells a refusal from any other answer. */
export function isRefusal(answer: unknown): answer is Refusal {
  return typeof answer === "object" && answer !== null && "refused" in answer;
}

/** `refused` on the wire; `cause` names the command, or is null for a message without an id. */
export const refused = strictObject({
  type: v.literal("refused"),
  cause: v.nullable(CommandId),
  code: v.picklist(REFUSAL_CODES),
  retryAfterMs: v.optional(Finite),
});
