import * as v from "valibot";
import { type FeatureName, features } from "./feature_states.ts";
import { CommandId } from "./ids.ts";
import { Finite } from "./message.ts";
import { RIGHT_NAMES, type RightRefusal } from "./rights.ts";
import { strictObject } from "./object.ts";

/** Refusals that do not belong to a feature. */
export const CORE_REFUSALS = [
  /**
   * No such room, or its link was changed, revoked or mistyped. All look the same to somebody who guesses.
   */
  "room.unknown",
  /** The room has reached its limit of participants. */
  "room.full",
  /** The room admits members of its tenant only. */
  "room.guestsNotAllowed",
  /** A moderator banned this person until the meeting's end. */
  "room.banned",
  /** The log of a room without a tenant is full; commands that reduce it, and leaving, are still accepted. */
  "room.logFull",
  /** The limit of waiting participants is reached. */
  "room.waitingFull",
  /** The room's tenant has used up its minutes of this month. */
  "tenant.minutesSpent",
  /** A room's name is longer than 120 characters. */
  "room.nameTooLong",
  /** The link was revoked. */
  "link.revoked",
  /** The link has expired. */
  "link.expired",
  /** The link has reached its limit of people. */
  "link.usedUp",
  /** The room has a password. */
  "password.missing",
  /** Not the room's password. */
  "password.wrong",
  /** Too many wrong passwords; `retryAfterMs` says when the next is checked. */
  "password.tooFrequent",
  /** The command needs a participant who has joined. */
  "participant.notJoined",
  /** This join was stored before, and the participant has left since: joining again needs a new command. */
  "participant.hasLeft",
  /** No participant with this id is in the room or waiting. */
  "participant.unknown",
  /** Nobody can rename, remove or change the role of the owner. */
  "participant.isOwner",
  /** The person is in the room on as many devices as one person can be, 10. */
  "participant.tooManyDevices",
  /** Phones, ingests and recorders have the role of their kind. */
  "participant.notPerson",
  /** Only the owner can rename, remove or change the role of a moderator. */
  "participant.isModerator",
  /** A name is empty once trimmed, or longer than 80 characters. */
  "participant.nameInvalid",
  /** No such space in the room. */
  "space.unknown",
  /** The id of a space is in use. */
  "space.idTaken",
  /** The room has as many spaces as it can have, 50. */
  "space.tooMany",
  /** A space's name has nothing visible, or more than 80 characters. */
  "space.nameInvalid",
  /** No such track, or it is another participant's. */
  "track.unknown",
  /** The id is in use. */
  "track.idTaken",
  /** The participant already publishes the most tracks of this source. */
  "track.limit",
  /** As many participants of the room whisper as can at once, 50. */
  "track.tooManyWhispers",
  /** The media node rejected the RTP parameters. */
  "track.invalid",
  /** An edge of the cluster has an older release without this feature; it works once that edge is gone. */
  "feature.unavailable",
  /** No media node can take this participant now; chat and everything else still work. */
  "media.unavailable",
  /** More messages than the limit; `retryAfterMs` says when the next is accepted. */
  "message.tooFrequent",
  /** The same limit, over all sockets of one person. */
  "person.tooFrequent",
  /** The same limit, over everyone in the room. */
  "room.tooFrequent",
  /** Too many requests, or too many open sockets, from one network address. */
  "address.tooFrequent",
  /** The room's command queue is full. */
  "room.busy",
  /** The database does not respond; the command is not stored. */
  "store.unavailable",
] as const;

/** Refusals that belong to a feature, besides those of its rights. */
export type FeatureRefusal = (typeof features)[FeatureName]["refusals"][number];

export type RefusalCode = (typeof CORE_REFUSALS)[number] | FeatureRefusal | RightRefusal;

/**
 * All refusals that a client can get; the client translates each. `{right}.notAllowed`: the table of rights
 * (rights.ts) does not give this role the right.
 */
export const REFUSAL_CODES: readonly RefusalCode[] = /* @__PURE__ */ listCodes();

function listCodes(): RefusalCode[] {
  return [
    ...CORE_REFUSALS,
    ...Object.values(features).flatMap(({ refusals }): readonly FeatureRefusal[] => refusals),
    ...RIGHT_NAMES.map((right): RightRefusal => `${right}.notAllowed`),
  ];
}

/** `refused` on the wire; `cause` names the command, or is null for a message without an id. */
export const refused = strictObject({
  type: v.literal("refused"),
  cause: v.nullable(CommandId),
  code: v.picklist(REFUSAL_CODES),
  retryAfterMs: v.optional(Finite),
});
