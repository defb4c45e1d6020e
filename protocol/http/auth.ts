import * as v from "valibot";
import { AccountName, NewPassword } from "./account.ts";
import { ShownPasskey } from "./passkey.ts";
import { Email, opaque, Time } from "./text.ts";
import { object, strictObject } from "../object.ts";
import { TenantName } from "./reference.ts";

/** Id of an OpenID provider, as configured; it is part of URLs. */
export const ProviderId = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]{0,31}$/));

/** GET /v1/auth/methods: the sign-in methods of the tenant with this host name. */
export const SignInMethods = strictObject({
  /** The tenant with this host name. */
  tenant: TenantName,
  /** Whether accounts can sign in with password, passkey or recovery code. */
  builtIn: v.boolean(),
  /** OpenID providers: `GET /v1/auth/oidc/{id}?returnTo=/path` starts signing in with one. */
  providers: v.array(strictObject({
    id: ProviderId,
    /** Display name. */
    name: v.string(),
  })),
  /** Whether users can have a link to reset a forgotten password sent by mail. */
  canResetPassword: v.boolean(),
});
export type SignInMethods = v.InferOutput<typeof SignInMethods>;

/**
 * POST /v1/auth/password. 401 `signIn.wrong` for a wrong address or password alike; 429 after too many
 * attempts.
 */
export const PasswordSignIn = strictObject({
  email: Email,
  /** The account's password. */
  password: opaque(256),
});

/** POST /v1/auth/passkey: the authenticator's response to the options of POST /v1/auth/passkey/options. */
export const PasskeySignIn = strictObject({ credential: ShownPasskey });

/** POST /v1/auth/recovery: signs in with a recovery code in place of a lost password or passkey. */
export const RecoverySignIn = strictObject({
  email: Email,
  /** One of the account's recovery codes. */
  code: opaque(64),
});

/** POST /v1/auth/forgotten. Always 202, whether the account exists or not. */
export const ForgottenPassword = strictObject({ email: Email });

/** Secret of a link that can be used once: `/first#…`, `/invite#…`, `/reset#…`. */
export const OneTimeLinkSecret = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/));

/**
 * POST /v1/auth/one-time-link: reads what a link is for, without using it up. 404 `oneTimeLink.unknown` if it
 * is used, expired or mistyped.
 */
export const ReadOneTimeLink = strictObject({ secret: OneTimeLinkSecret });

/** 200 of POST /v1/auth/one-time-link. */
export const OneTimeLinkInfo = strictObject({
  /**
   * `firstAdmin`: creates the first account, with name and email. `invite`: sets the password of an invited
   * account. `resetPassword`: sets a new password. `changeEmail`: confirms a new address.
   */
  purpose: v.picklist(["firstAdmin", "invite", "resetPassword", "changeEmail"]),
  /** The tenant that the link belongs to. */
  tenant: TenantName,
  /** The account's name; null with `firstAdmin`. */
  name: v.nullable(v.string()),
  /** The account's address; the new one with `changeEmail`; null with `firstAdmin`. */
  email: v.nullable(v.string()),
  expiresAt: Time,
});
export type OneTimeLinkInfo = v.InferOutput<typeof OneTimeLinkInfo>;

/**
 * POST /v1/auth/one-time-link/use: sets the password and signs in. `name` and `email` are required with
 * `firstAdmin`; `name` is optional with `invite`.
 */
export const UseOneTimeLink = strictObject({
  secret: OneTimeLinkSecret,
  name: v.optional(AccountName),
  email: v.optional(Email),
  password: NewPassword,
});

/** 200 of POST /v1/auth/email: the account's address from now on. */
export const EmailConfirmed = strictObject({
  /** The address. */
  email: v.string(),
});

/** 200 of POST /v1/auth/sign-out. */
export const SignedOut = strictObject({
  /** Where to go next to sign out at the OpenID provider as well; null: nothing else to do. */
  continueTo: v.nullable(v.string()),
});

/** `?returnTo=`: where to go after signing in, a path of this site. Anything else counts as "/". */
export const ReturnTo = v.pipe(v.string(), v.maxLength(512));

/**
 * POST /v1/auth/oidc/{provider}/logout, sent by the provider. Source: OpenID Connect Back-Channel Logout 1.0
 * §2.5.
 */
export const BackChannelLogout = object({
  /** A JWT signed by the provider that names the session or the user. */
  logout_token: opaque(16_384),
});
