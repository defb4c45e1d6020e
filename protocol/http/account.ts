import * as v from "valibot";
import { AccountRole } from "../account.ts";
import { AccountId, SessionId } from "../ids.ts";
import { MAX_NAME } from "../participant.ts";
import { Email, line, opaque, ResourceVersion, Time } from "./text.ts";
import { RegisteredPasskey } from "./passkey.ts";
import { TimeZone } from "./time_zone.ts";
import { looseObject, strictObject } from "../object.ts";
import { TenantReference } from "./reference.ts";

/** Languages that pages and mails are in. */
export const AccountLanguage = v.picklist(["de", "en"]);
export type AccountLanguage = v.InferOutput<typeof AccountLanguage>;

/** An account's name: 1 to 80 characters, like that of somebody in a room. */
export const AccountName = line(MAX_NAME, 1);

/** A new password: at least 12 characters; more than a common one is (checked when it is set, `password.common`). */
export const NewPassword = v.pipe(opaque(256), v.minLength(12));

/** GET /v1/account: who is signed in. */
export const AccountInfo = strictObject({
  id: AccountId,
  /** The tenant that the account belongs to. */
  tenant: TenantReference,
  /** What they are called. */
  name: v.string(),
  /** Their address; null: none is known. */
  email: v.nullable(v.string()),
  role: AccountRole,
  /** Whether they look after the whole installation. */
  isOperator: v.boolean(),
  language: v.nullable(AccountLanguage),
  /** Where their clock is; null: as their browser says. */
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

/** PATCH /v1/account: a JSON Merge Patch. */
export const ChangeAccount = v.partial(strictObject({
  name: AccountName,
  language: v.nullable(AccountLanguage),
  timeZone: v.nullable(TimeZone),
  /** Whether they get a mail when somebody answers an invitation; null: they do. */
  mailsAnswers: v.nullable(v.boolean(), true),
}));

/** GET /v1/account/methods: the ways to sign in that this account has. */
export const AccountMethods = strictObject({
  /** When the password was set; null: there is none. */
  passwordChangedAt: v.nullable(Time),
  /** Passkeys of the account, the oldest first. */
  passkeys: v.array(strictObject({
    /** Its WebAuthn credential id, base64url. */
    id: v.string(),
    /** What its owner calls it. */
    name: v.string(),
    createdAt: Time,
    usedAt: v.nullable(Time),
  })),
  /** Recovery codes that were not used yet. */
  recoveryCodesLeft: v.pipe(v.number(), v.integer(), v.minValue(0)),
  /** OpenID providers that know this account. */
  providers: v.array(strictObject({
    /** The provider, by the issuer of its tokens. */
    issuer: v.string(),
    createdAt: Time,
  })),
});
export type AccountMethods = v.InferOutput<typeof AccountMethods>;

/** PUT /v1/account/email: the address that the account is to have, once its person has confirmed it. */
export const SetEmail = strictObject({ email: Email });

/** PUT /v1/account/password. All other sessions of the account end. */
export const SetPassword = strictObject({ password: NewPassword });

/** POST /v1/account/passkeys: the answer of `navigator.credentials.create` to POST /v1/account/passkeys/options. */
export const AddPasskey = strictObject({
  /** What its owner calls it. */
  name: line(80, 1),
  credential: RegisteredPasskey,
});

/** PATCH /v1/account/passkeys/{passkey}: a JSON Merge Patch. */
export const RenamePasskey = v.partial(strictObject({
  /** What its owner calls it. */
  name: line(80, 1),
}));

/** Path parameter {passkey}: WebAuthn credential id, base64url. */
export const PasskeyId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,1400}$/));

/** 201 of POST /v1/account/passkeys */
export const PasskeyAdded = strictObject({ id: PasskeyId });

/** 201 of POST /v1/account/recovery-codes: shown this once. Codes made before are good no more. */
export const RecoveryCodes = strictObject({
  /** Ten codes, each good once. */
  codes: v.array(v.string()),
});

/** GET /v1/account/sessions: browsers that are signed in, the one used last first. */
export const AccountSessions = strictObject({
  /** All of them. */
  items: v.array(strictObject({
    id: SessionId,
    /** "Firefox on Windows" */
    device: v.string(),
    /** How it signed in: as in AccountInfo. */
    method: v.string(),
    createdAt: Time,
    /** To the hour. */
    seenAt: Time,
    /** It is the one that asks. */
    isCurrent: v.boolean(),
  })),
});
export type AccountSessions = v.InferOutput<typeof AccountSessions>;

/** `?keep=`: what is to stay. */
export const KeepSession = v.picklist(["current"]);

/** GET /v1/account/export: all that is stored on the person. Its shape is that of the tables, and grows with them. */
export const AccountExport = looseObject({ account: AccountInfo, exportedAt: Time });
