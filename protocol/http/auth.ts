import * as v from "valibot";
import { AccountName, NewPassword } from "./account.ts";
import { ShownPasskey } from "./passkey.ts";
import { Email, opaque, Time } from "./text.ts";
import { object, strictObject } from "../object.ts";
import { TenantName } from "./reference.ts";

/** Id of an OpenID provider, as configured: it is part of addresses. */
export const ProviderId = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]{0,31}$/));

/** GET /v1/auth/methods: the ways to sign in under this host name. */
export const SignInMethods = strictObject({
  /** The tenant under this host name. */
  tenant: TenantName,
  /** Password, passkey and recovery code, for accounts of our own. */
  builtIn: v.boolean(),
  /** OpenID providers: `GET /v1/auth/oidc/{id}?returnTo=/path` goes there. */
  providers: v.array(strictObject({
    id: ProviderId,
    /** What people know it by. */
    name: v.string(),
  })),
  /** Whether a forgotten password can be asked for by mail. */
  canResetPassword: v.boolean(),
});
export type SignInMethods = v.InferOutput<typeof SignInMethods>;

/** POST /v1/auth/password. 401 `signIn.wrong`, whatever is wrong; 429 for who tries too often. */
export const PasswordSignIn = strictObject({
  email: Email,
  /** The account's password. */
  password: opaque(256),
});

/** POST /v1/auth/passkey: the answer to POST /v1/auth/passkey/options. */
export const PasskeySignIn = strictObject({ credential: ShownPasskey });

/** POST /v1/auth/recovery: one of the account's recovery codes, in place of what was lost. */
export const RecoverySignIn = strictObject({
  email: Email,
  /** One of the account's recovery codes. */
  code: opaque(64),
});

/** POST /v1/auth/forgotten. 202, whether there is such an account or not. */
export const ForgottenPassword = strictObject({ email: Email });

/** The secret of a link that is good once: `/first#…`, `/invite#…`, `/reset#…`. */
export const TicketSecret = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/));

/** POST /v1/auth/ticket: what a link is good for, without using it up. 404 `ticket.unknown`: it is used, expired or mistyped. */
export const ReadTicket = strictObject({ ticket: TicketSecret });

/** Its answer. */
export const TicketInfo = strictObject({
  /**
   * `firstAdmin`: makes the first account, with name and e-mail. `invite`: the account waits for its password. `resetPassword`. `changeEmail`:
   * the account is to have this address.
   */
  purpose: v.picklist(["firstAdmin", "invite", "resetPassword", "changeEmail"]),
  /** The tenant that it is a link of. */
  tenant: TenantName,
  /** Of the account; null with `firstAdmin`. */
  name: v.nullable(v.string()),
  /** Of the account; the new one with `changeEmail`; null with `firstAdmin`. */
  email: v.nullable(v.string()),
  expiresAt: Time,
});
export type TicketInfo = v.InferOutput<typeof TicketInfo>;

/** POST /v1/auth/ticket/use: sets the password and signs in. `name` and `email` are needed with `firstAdmin`; `name` may come with `invite`. */
export const UseTicket = strictObject({
  ticket: TicketSecret,
  name: v.optional(AccountName),
  email: v.optional(Email),
  password: NewPassword,
});

/** 200 of POST /v1/auth/email: the address that the account has now. */
export const EmailConfirmed = strictObject({
  /** The address. */
  email: v.string(),
});

/** 200 of POST /v1/auth/sign-out. */
export const SignedOut = strictObject({
  /** Where to go next to sign out at the OpenID provider as well; null: that is all. */
  continueTo: v.nullable(v.string()),
});

/** `?returnTo=`: where to go after signing in, a path of this site. Anything else counts as "/". */
export const ReturnTo = v.pipe(v.string(), v.maxLength(512));

/** POST /v1/auth/oidc/{provider}/logout, sent by the provider. Source: OpenID Connect Back-Channel Logout 1.0 §2.5. */
export const BackChannelLogout = object({
  /** A JWT signed by the provider that names the session or the person. */
  logout_token: opaque(16_384),
});
