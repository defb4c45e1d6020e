import * as v from "valibot";
import { AccountRole } from "../account.ts";
import { AccountId } from "../ids.ts";
import { AccountLanguage, AccountName } from "./account.ts";
import { pageOf } from "./page.ts";
import { Email, line, ResourceVersion, Time } from "./text.ts";
import { strictObject } from "../object.ts";

/** A person of a tenant, as others of the tenant see them. */
export const Person = strictObject({
  id: AccountId,
  /** The person's name. */
  name: v.string(),
  /** The person's email address; null: none is known. */
  email: v.nullable(v.string()),
  role: AccountRole,
  /** Whether the account is disabled and cannot sign in. Only admins and API keys see disabled accounts. */
  isDisabled: v.boolean(),
  version: ResourceVersion,
  createdAt: Time,
});
export type Person = v.InferOutput<typeof Person>;

/** GET /v1/people, sorted by name. */
export const PersonPage = pageOf(Person);

/** `?search=`: part of the name or email address. */
export const PersonSearch = line(100, 1);

/** POST /v1/people: creates an account and a link for the person to set it up. */
export const InvitePerson = strictObject({
  name: AccountName,
  email: Email,
  role: v.optional(AccountRole, "member"),
  /** Language of the invitation mail. */
  language: v.optional(v.nullable(AccountLanguage), null),
});

/** 201 of POST /v1/people */
export const PersonInvited = strictObject({
  ...Person.entries,
  /**
   * The set-up link if the installation sends no mail: pass it on to the person. Null: it is sent by mail.
   */
  inviteUrl: v.nullable(v.string()),
  inviteExpiresAt: Time,
});

/** PATCH /v1/people/{account}: a JSON Merge Patch. */
export const ChangePerson = v.partial(strictObject({
  name: AccountName,
  role: v.nullable(AccountRole, "member"),
  /** Whether the account is disabled and cannot sign in; null: it is not. */
  isDisabled: v.nullable(v.boolean(), false),
}));
