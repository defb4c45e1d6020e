import * as v from "valibot";
import { AccountRole } from "../account.ts";
import { AccountId, SessionId, TenantId } from "../ids.ts";
import { MAX_NAME } from "../participant.ts";
import { Email, line, opaque, ResourceVersion, Time } from "./text.ts";
import { RegisteredPasskey } from "./passkey.ts";
import { TimeZone } from "./time_zone.ts";

/** Languages that pages and mails are in. */
export const AccountLanguage = v.picklist(["de", "en"]);
export type AccountLanguage = v.InferOutput<typeof AccountLanguage>;

/** An account's name: 1 to 80 characters, like that of somebody in a room. */
export const AccountName = line(MAX_NAME, 1);

/** A new password: at least 12 characters; more than a common one is (checked when it is set, `password.common`). */
export const NewPassword = v.pipe(opaque(256), v.minLength(12));

/** GET /v1/account: who is signed in. */
export const AccountInfo = v.strictObject({
  id: AccountId,
  tenant: v.strictObject({ id: TenantId, name: v.string() }),
  name: v.string(),
  email: v.nullable(v.string()),
  role: AccountRole,
  isOperator: v.boolean(),
  language: v.nullable(AccountLanguage),
  timeZone: v.nullable(v.string()),
  /** Whether they get a mail when somebody answers an invitation to a meeting of theirs. */
  mailsAnswers: v.boolean(),
  version: ResourceVersion,
  createdAt: Time,
  /** How this browser signed in: "password", "passkey", "recovery", "ticket" or the id of an OpenID provider. */
  method: v.string(),
  /** Until when changes of the ways to sign in are taken without signing in again (`account.proofNeeded`). */
  provedUntil: Time,
});
export type AccountInfo = v.InferOutput<typeof AccountInfo>;

/** PATCH /v1/account. What is missing stays. */
export const ChangeAccount = v.partial(v.strictObject({
  name: AccountName,
  language: v.nullable(AccountLanguage),
  timeZone: v.nullable(TimeZone),
  mailsAnswers: v.boolean(),
}));

/** GET /v1/account/methods: the ways to sign in that this account has. */
export const AccountMethods = v.strictObject({
  /** When the password was set; null: there is none. */
  passwordChangedAt: v.nullable(Time),
  passkeys: v.array(v.strictObject({
    id: v.string(),
    name: v.string(),
    createdAt: Time,
    usedAt: v.nullable(Time),
  })),
  recoveryCodesLeft: v.pipe(v.number(), v.integer(), v.minValue(0)),
  /** OpenID providers that know this account. */
  providers: v.array(v.strictObject({ issuer: v.string(), createdAt: Time })),
});
export type AccountMethods = v.InferOutput<typeof AccountMethods>;

/** PUT /v1/account/email: the address that the account is to have, once its person has confirmed it. */
export const SetEmail = v.strictObject({ email: Email });

/** PUT /v1/account/password. All other sessions of the account end. */
export const SetPassword = v.strictObject({ password: NewPassword });

/** POST /v1/account/passkeys: the answer of `navigator.credentials.create` to POST /v1/account/passkeys/options. */
export const AddPasskey = v.strictObject({ name: line(80, 1), credential: RegisteredPasskey });

/** PATCH /v1/account/passkeys/{passkey} */
export const RenamePasskey = v.strictObject({ name: line(80, 1) });

/** Path parameter {passkey}: WebAuthn credential id, base64url. */
export const PasskeyId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,1400}$/));

/** 201 of POST /v1/account/recovery-codes: shown this once. Codes made before are good no more. */
export const RecoveryCodes = v.strictObject({ codes: v.array(v.string()) });

/** GET /v1/account/sessions: browsers that are signed in, the one used last first. */
export const AccountSessions = v.strictObject({
  items: v.array(v.strictObject({
    id: SessionId,
    /** "Firefox on Windows" */
    device: v.string(),
    method: v.string(),
    createdAt: Time,
    /** To the hour. */
    seenAt: Time,
    isCurrent: v.boolean(),
  })),
});
export type AccountSessions = v.InferOutput<typeof AccountSessions>;

/** `?keep=`: what is to stay. */
export const KeepSession = v.picklist(["current"]);

/** GET /v1/account/export: all that is stored on the person. Its shape is that of the tables, and grows with them. */
export const AccountExport = v.looseObject({ account: AccountInfo, exportedAt: Time });
