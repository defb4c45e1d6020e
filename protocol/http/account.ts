import * as v from "valibot";
import { AccountRole } from "../account.ts";
import { AccountId, SessionId } from "../ids.ts";
import { MAX_NAME } from "../text_limits.ts";
import { Email, line, opaque, ResourceVersion, Time } from "./text.ts";
import { RegisteredPasskey } from "./passkey.ts";
import { TimeZone } from "./time_zone.ts";
import { looseObject, strictObject } from "../object.ts";
import { TenantReference } from "./reference.ts";

/** Language of pages and mails. */
export const AccountLanguage = v.picklist(["de", "en"]);
export type AccountLanguage = v.InferOutput<typeof AccountLanguage>;

/** An account's name: 1 to 80 characters, like a participant's name. */
export const AccountName = line(MAX_NAME, 1);

/**
 * A new password: at least 12 characters, and not a common one (checked when it is set, `password.common`).
 */
export const NewPassword = v.pipe(opaque(256), v.minLength(12));

/** GET /v1/account: the account that is signed in. */
export const AccountInfo = strictObject({
  id: AccountId,
  /** The tenant that the account belongs to. */
  tenant: TenantReference,
  /** The person's name. */
  name: v.string(),
  /** The account's email address; null: none is known. */
  email: v.nullable(v.string()),
  role: AccountRole,
  /** Whether the account is an operator of the whole installation. */
  isOperator: v.boolean(),
  language: v.nullable(AccountLanguage),
  /** The account's time zone; null: the browser's. */
  timeZone: v.nullable(v.string()),
  /** Whether the account gets a mail when somebody answers an invitation to one of its meetings. */
  mailsAnswers: v.boolean(),
  version: ResourceVersion,
  createdAt: Time,
  /**
   * How this browser signed in: "password", "passkey", "recovery", "oneTimeLink" or the id of an OpenID
   * provider.
   */
  method: v.string(),
  /** Until this time, sign-in methods can be changed without signing in again (`account.proofNeeded`). */
  provedUntil: Time,
});
export type AccountInfo = v.InferOutput<typeof AccountInfo>;

/** PATCH /v1/account: a JSON Merge Patch. */
export const ChangeAccount = v.partial(strictObject({
  name: AccountName,
  language: v.nullable(AccountLanguage),
  timeZone: v.nullable(TimeZone),
  /** Whether the account gets a mail when somebody answers an invitation; null: it does. */
  mailsAnswers: v.nullable(v.boolean(), true),
}));

/** GET /v1/account/methods: the account's sign-in methods. */
export const AccountMethods = strictObject({
  /** When the password was set; null: the account has no password. */
  passwordChangedAt: v.nullable(Time),
  /** The account's passkeys, oldest first. */
  passkeys: v.array(strictObject({
    /** The WebAuthn credential id, base64url. */
    id: v.string(),
    /** The name that its owner gave it. */
    name: v.string(),
    createdAt: Time,
    usedAt: v.nullable(Time),
  })),
  /** Unused recovery codes. */
  recoveryCodesLeft: v.pipe(v.number(), v.integer(), v.minValue(0)),
  /** OpenID providers linked to this account. */
  providers: v.array(strictObject({
    /** The provider's issuer, as in its tokens. */
    issuer: v.string(),
    createdAt: Time,
  })),
});
export type AccountMethods = v.InferOutput<typeof AccountMethods>;

/**
 * PUT /v1/account/email: the new address. It takes effect once it is confirmed through the link sent to it.
 */
export const SetEmail = strictObject({ email: Email });

/** PUT /v1/account/password. Ends all other sessions of the account. */
export const SetPassword = strictObject({ password: NewPassword });

/**
 * POST /v1/account/passkeys: the result of `navigator.credentials.create` with the options of POST
 * /v1/account/passkeys/options.
 */
export const AddPasskey = strictObject({
  /** The name that its owner gives it. */
  name: line(80, 1),
  credential: RegisteredPasskey,
});

/** PATCH /v1/account/passkeys/{passkey}: a JSON Merge Patch. */
export const RenamePasskey = v.partial(strictObject({
  /** The name that its owner gives it. */
  name: line(80, 1),
}));

/** Path parameter {passkey}: the WebAuthn credential id, base64url. */
export const PasskeyId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,1400}$/));

/** 201 of POST /v1/account/passkeys */
export const PasskeyAdded = strictObject({ id: PasskeyId });

/** 201 of POST /v1/account/recovery-codes: shown only this once. Earlier codes become invalid. */
export const RecoveryCodes = strictObject({
  /** Ten codes, each valid once. */
  codes: v.array(v.string()),
});

/** GET /v1/account/sessions: signed-in browsers, the most recently used first. */
export const AccountSessions = strictObject({
  /** All sessions. */
  items: v.array(strictObject({
    id: SessionId,
    /** Browser and system: "Firefox on Windows". */
    device: v.string(),
    /** How it signed in: see AccountInfo. */
    method: v.string(),
    createdAt: Time,
    /** When it was last used, to the hour. */
    seenAt: Time,
    /** Whether this is the session that sent the request. */
    isCurrent: v.boolean(),
  })),
});
export type AccountSessions = v.InferOutput<typeof AccountSessions>;

/** `?keep=`: the session that stays signed in. */
export const KeepSession = v.picklist(["current"]);

/**
 * GET /v1/account/export: all data stored about the person. Its shape follows the tables and grows with them.
 */
export const AccountExport = looseObject({ account: AccountInfo, exportedAt: Time });
