import * as v from "valibot";
import { AccountId, InvitationId, LinkSecret, RoomId } from "../ids.ts";
import { Role } from "../role.ts";
import { LinkRole } from "./link.ts";
import { pageOf } from "./page.ts";
import { Email, line, Time } from "./text.ts";
import { list, strictObject } from "../object.ts";

/** Longest name of an invited person, characters. */
export const MAX_INVITED_NAME = 100;

/** Most people per request. */
export const MAX_INVITED_AT_ONCE = 100;

/** Most invited people per meeting. */
export const MAX_INVITED = 1_000;

/** The answer to an invitation; "none": no answer yet. */
export const InvitationAnswer = v.picklist(["none", "accepted", "tentative", "declined"]);
export type InvitationAnswer = v.InferOutput<typeof InvitationAnswer>;

/**
 * A person to invite: an account of the meeting's tenant, or an email address. An address that belongs to an
 * account invites that account.
 */
export const NewInvitation = v.union([
  strictObject({ account: AccountId, role: v.optional(LinkRole, "participant") }),
  strictObject({
    email: Email,
    /** The person's name; empty: taken from the address. */
    name: v.optional(line(MAX_INVITED_NAME), ""),
    /**
     * The role of the person's own link. Null: the link works like the room's own, and the role depends on
     * whether they sign in.
     */
    role: v.optional(v.nullable(LinkRole), null),
  }),
]);
export type NewInvitation = v.InferOutput<typeof NewInvitation>;

/**
 * POST /v1/meetings/{meeting}/invitations. People who are already invited stay invited, with the role given
 * now.
 */
export const Invite = strictObject({
  people: list(NewInvitation, MAX_INVITED_AT_ONCE, 1),
});

/** One invitation, as shown to those who can read the meeting. */
export const Invitation = strictObject({
  id: InvitationId,
  /** The invited account; null: a person without an account. */
  account: v.nullable(AccountId),
  /** The invited person's name. */
  name: v.string(),
  /** Null: none is known, or the caller may not see it (only the owner, moderators and admins may). */
  email: v.nullable(v.string()),
  /** The role the person joins with; null: it depends on whether they sign in. */
  role: v.nullable(Role),
  answer: InvitationAnswer,
  answeredAt: v.nullable(Time),
  createdAt: Time,
});
export type Invitation = v.InferOutput<typeof Invitation>;

/**
 * 200 of POST /v1/meetings/{meeting}/invitations: the invitations of the request's people, in the same order.
 */
export const Invited = strictObject({ items: v.array(Invitation) });

/** GET /v1/meetings/{meeting}/invitations, in the order in which people were invited. */
export const InvitationPage = pageOf(Invitation);

/** PATCH /v1/meetings/{meeting}/invitations/{invitation}: a JSON Merge Patch. */
export const ChangeInvitation = v.partial(strictObject({ role: v.nullable(LinkRole) }));

/** The answers that people can give. */
const given = v.picklist(["accepted", "tentative", "declined"]);

/** PUT /v1/meetings/{meeting}/answer, by an invited account. */
export const GiveAnswer = strictObject({ answer: given });

/**
 * POST /v1/invitations/answer, with the secret from the invitation mail (`/answer#{secret}`). Without
 * `answer` it only reads.
 */
export const AnswerBySecret = strictObject({ secret: LinkSecret, answer: v.optional(given) });

/** 200 of POST /v1/invitations/answer: what an answer page needs to show. */
export const AnsweredInvitation = strictObject({
  /** The meeting's title. */
  title: v.string(),
  /** The name of the meeting's owner. */
  ownerName: v.string(),
  /** The invited person's name, as in the invitation. */
  name: v.string(),
  answer: InvitationAnswer,
  /** Start of the current or next occurrence, else of the last one; null: a permanent meeting. */
  startsAt: v.nullable(Time),
  endsAt: v.nullable(Time),
  /** The meeting's time zone; null: a permanent meeting. */
  timeZone: v.nullable(v.string()),
  /** Whether the meeting is a series. */
  isSeries: v.boolean(),
  /** Whether the meeting was cancelled. */
  isCancelled: v.boolean(),
  room: RoomId,
  /** Whether the secret also opens the room (`/r/{room}#{secret}`): true for people without an account. */
  opensRoom: v.boolean(),
  /**
   * The meeting as a calendar object (RFC 5545), the same entry as in the mail, with the reader's own link.
   * Null: permanent or cancelled.
   */
  calendar: v.nullable(v.string()),
});
export type AnsweredInvitation = v.InferOutput<typeof AnsweredInvitation>;
