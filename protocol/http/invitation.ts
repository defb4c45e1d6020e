import * as v from "valibot";
import { AccountId, InvitationId, LinkSecret, RoomId } from "../ids.ts";
import { Role } from "../role.ts";
import { LinkRole } from "./link.ts";
import { pageOf } from "./page.ts";
import { Email, line, Time } from "./text.ts";
import { list, strictObject } from "../object.ts";

/** Longest name of somebody who is invited, characters. */
export const MAX_INVITED_NAME = 100;

/** Most people that one request invites. */
export const MAX_INVITED_AT_ONCE = 100;

/** Most people that one meeting invites. */
export const MAX_INVITED = 1_000;

/** What somebody has said to an invitation; "none": nothing yet. */
export const InvitationAnswer = v.picklist(["none", "accepted", "tentative", "declined"]);
export type InvitationAnswer = v.InferOutput<typeof InvitationAnswer>;

/** Somebody to invite: an account of the meeting's tenant, or an address. An address that an account has is that account. */
export const NewInvitation = v.union([
  strictObject({ account: AccountId, role: v.optional(LinkRole, "participant") }),
  strictObject({
    email: Email,
    /** What they are called; empty: as their address says. */
    name: v.optional(line(MAX_INVITED_NAME), ""),
    /** Null: their link is like the room's own, and what they are comes from whether they sign in. Otherwise it is a link with this role. */
    role: v.optional(v.nullable(LinkRole), null),
  }),
]);
export type NewInvitation = v.InferOutput<typeof NewInvitation>;

/** POST /v1/meetings/{meeting}/invitations. Who is invited already stays so, with the role that is named now. */
export const Invite = strictObject({
  people: list(NewInvitation, MAX_INVITED_AT_ONCE, 1),
});

/** One invitation, for who may read the meeting. */
export const Invitation = strictObject({
  id: InvitationId,
  /** Null: somebody without an account. */
  account: v.nullable(AccountId),
  /** What they are called. */
  name: v.string(),
  /** Null: none is known, or the reader may not see it (only the owner, cohosts and admins do). */
  email: v.nullable(v.string()),
  /** What they come as; null: that follows from whether they sign in. */
  role: v.nullable(Role),
  answer: InvitationAnswer,
  answeredAt: v.nullable(Time),
  createdAt: Time,
});
export type Invitation = v.InferOutput<typeof Invitation>;

/** 200 of POST /v1/meetings/{meeting}/invitations: those that were named, in their order. */
export const Invited = strictObject({ items: v.array(Invitation) });

/** GET /v1/meetings/{meeting}/invitations: by when they were invited. */
export const InvitationPage = pageOf(Invitation);

/** PATCH /v1/meetings/{meeting}/invitations/{invitation}: a JSON Merge Patch. */
export const ChangeInvitation = v.partial(strictObject({ role: v.nullable(LinkRole) }));

/** What one can say. */
const given = v.picklist(["accepted", "tentative", "declined"]);

/** PUT /v1/meetings/{meeting}/answer, by who was invited and has an account. */
export const GiveAnswer = strictObject({ answer: given });

/** POST /v1/invitations/answer, by who has the secret of the mail (`/answer#{secret}`). Without `answer` it only reads. */
export const AnswerBySecret = strictObject({ secret: LinkSecret, answer: v.optional(given) });

/** 200 of POST /v1/invitations/answer: enough to show what one has answered to. */
export const AnsweredInvitation = strictObject({
  /** The meeting's title. */
  title: v.string(),
  /** Whose meeting it is. */
  ownerName: v.string(),
  /** Who was invited, as the invitation names them. */
  name: v.string(),
  answer: InvitationAnswer,
  /** The occurrence that is under way or comes next, else the last; null: permanent. */
  startsAt: v.nullable(Time),
  endsAt: v.nullable(Time),
  /** Of the meeting; null: permanent. */
  timeZone: v.nullable(v.string()),
  /** Whether it takes place more than once. */
  isSeries: v.boolean(),
  /** Whether the meeting was cancelled. */
  isCancelled: v.boolean(),
  room: RoomId,
  /** Whether the secret opens the room too (`/r/{room}#{secret}`): for who has no account. */
  opensRoom: v.boolean(),
  /** The meeting for the reader's calendar (RFC 5545), the same entry as the mail's; its link is the reader's own. Null: permanent, or cancelled. */
  calendar: v.nullable(v.string()),
});
export type AnsweredInvitation = v.InferOutput<typeof AnsweredInvitation>;
