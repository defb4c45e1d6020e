import * as v from "valibot";
import { AccountRole } from "../account.ts";
import { AccountId } from "../ids.ts";
import { AccountLanguage, AccountName } from "./account.ts";
import { pageOf } from "./page.ts";
import { Email, line, ResourceVersion, Time } from "./text.ts";
import { strictObject } from "../object.ts";

/** Somebody of a tenant, as others of it see them. */
export const Person = strictObject({
  id: AccountId,
  /** What they are called. */
  name: v.string(),
  /** Their address; null: none is known. */
  email: v.nullable(v.string()),
  role: AccountRole,
  /** Cannot sign in. Only admins and API keys see those. */
  isDisabled: v.boolean(),
  version: ResourceVersion,
  createdAt: Time,
});
export type Person = v.InferOutput<typeof Person>;

/** GET /v1/people, by name. */
export const PersonPage = pageOf(Person);

/** `?search=`: a part of the name or of the address. */
export const PersonSearch = line(100, 1);

/** POST /v1/people: makes an account, and a link by which its person sets it up. */
export const InvitePerson = strictObject({
  name: AccountName,
  email: Email,
  role: v.optional(AccountRole, "member"),
  /** Of the mail. */
  language: v.optional(v.nullable(AccountLanguage), null),
});

/** 201 of POST /v1/people */
export const PersonInvited = strictObject({
  ...Person.entries,
  /** The link, where the installation sends no mails: pass it on. Null: a mail is on its way. */
  inviteUrl: v.nullable(v.string()),
  inviteExpiresAt: Time,
});

/** PATCH /v1/people/{account}: a JSON Merge Patch. */
export const ChangePerson = v.partial(strictObject({
  name: AccountName,
  role: v.nullable(AccountRole, "member"),
  /** Whether they can sign in no more; null: they can. */
  isDisabled: v.nullable(v.boolean(), false),
}));
