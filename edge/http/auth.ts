import type { RouteContext } from "../context.ts";
import {
  AccountInfo,
  BackChannelLogout,
  EmailConfirmed,
  ForgottenPassword,
  OneTimeLinkInfo,
  PasskeyOptions,
  PasskeySignIn,
  PasswordSignIn,
  ProviderId,
  ReadOneTimeLink,
  RecoverySignIn,
  SignedOut,
  SignInMethods,
  UseOneTimeLink,
} from "@tafelrunde/protocol/http";
import type { Context } from "hono";
import { sendsMail } from "../config.ts";
import { attend } from "@tafelrunde/protocol/process/faults";
import { confirmEmail } from "../identity/email.ts";
import { findLogoutUrl, logOutByToken } from "../identity/oidc/logout.ts";
import type { SigningIn } from "../identity/guessing.ts";
import { askForPasskey, signInByPasskey } from "../identity/passkey.ts";
import { signInByPassword, signInByRecoveryCode } from "../identity/password/password.ts";
import { describeAccount } from "../identity/sign_in.ts";
import { getOneTimeLink, mailForgottenPassword, useLink } from "../identity/one_time_link.ts";
import { type Account, findAccountByEmail } from "../store/account.ts";
import { deleteSession } from "../store/session.ts";
import { getTenant } from "../store/tenant.ts";
import { clientAddress } from "./address.ts";
import { readCaller } from "./caller.ts";
import { ensureDevice, readDevice } from "./device_cookie.ts";
import { slowWrong } from "./limit.ts";
import { originOfTenant, requestOrigin, requestTenant } from "./origin.ts";
import { unknown } from "./problem.ts";
import { type Route, route } from "../route.ts";
import { writeSessionCookie } from "./session_cookie.ts";
import { signIn } from "./sign_in.ts";

/** Problems of signing in, besides invalid input. */
const PROBLEMS = {
  "signIn.wrong": 401,
  "signIn.busy": 503,
  "address.tooFrequent": 429,
  "person.tooFrequent": 429,
};

/** /v1/auth: signing in and out. Signing in through an OpenID provider's pages is in oidc.ts. */
export function authRoutes(context: RouteContext): Route[] {
  const { db, config, now, limits } = context;
  const signingIn = async (c: Context, email: string): Promise<SigningIn> => ({
    tenantId: (await requestTenant(c, context)).id,
    email,
    address: clientAddress(c, context),
    device: readDevice(c, config),
  });
  const slowWrongLink = <Result>(c: Context, work: () => Promise<Result>): Promise<Result> =>
    slowWrong(limits, clientAddress(c, context), "oneTimeLink.unknown", work);
  const enter = async (c: Context, account: Account, method: string): Promise<AccountInfo> => {
    await signIn(c, context, account, { method });
    return await describeAccount(context, account, { method, provedAt: now() });
  };
  return [
    route({
      method: "GET",
      path: "/v1/auth/methods",
      tag: "auth",
      summary: "List sign-in methods",
      access: "open",
      answer: SignInMethods,
    }, async ({ c }) => {
      const { name } = await requestTenant(c, context);
      return {
        tenant: { name },
        builtIn: true,
        providers: context.providers.all.map(({ id, name }) => ({ id, name })),
        canResetPassword: sendsMail(config),
      };
    }),

    route({
      method: "POST",
      path: "/v1/auth/password",
      tag: "auth",
      summary: "Sign in with a password",
      access: "open",
      body: PasswordSignIn,
      answer: AccountInfo,
      problems: PROBLEMS,
    }, async ({ body, c }) => {
      const account = await signInByPassword(context, await signingIn(c, body.email), body.password);
      return await enter(c, account, "password");
    }),

    route({
      method: "POST",
      path: "/v1/auth/recovery",
      tag: "auth",
      summary: "Sign in with a recovery code, using it up",
      access: "open",
      body: RecoverySignIn,
      answer: AccountInfo,
      problems: PROBLEMS,
    }, async ({ body, c }) => {
      const who = await signingIn(c, body.email);
      const account = await slowWrong(
        limits,
        who.address,
        "signIn.wrong",
        () => signInByRecoveryCode(context, who, body.code),
      );
      return await enter(c, account, "recovery");
    }),

    route(
      {
        method: "POST",
        path: "/v1/auth/passkey/options",
        tag: "auth",
        summary: "Get the options for signing in with a passkey",
        access: "open",
        answer: PasskeyOptions,
      },
      async ({ c }) =>
        await askForPasskey(context, {
          origin: await requestOrigin(c, context),
          device: ensureDevice(c, config),
        }),
    ),

    route({
      method: "POST",
      path: "/v1/auth/passkey",
      tag: "auth",
      summary: "Sign in with a passkey",
      access: "open",
      body: PasskeySignIn,
      answer: AccountInfo,
      problems: { "signIn.wrong": 401 },
    }, async ({ body, c }) => {
      const place = { origin: await requestOrigin(c, context), device: readDevice(c, config) ?? "" };
      return await enter(c, await signInByPasskey(context, place, body), "passkey");
    }),

    route({
      method: "POST",
      path: "/v1/auth/forgotten",
      tag: "auth",
      summary: "Request a mail with a link to reset the password",
      description: "The response is the same whether the account exists or not.",
      access: "open",
      body: ForgottenPassword,
      status: 202,
      problems: { "person.tooFrequent": 429 },
    }, async ({ body: { email }, c }) => {
      if (!sendsMail(config)) return;
      const { id } = await requestTenant(c, context);
      const spent = await limits.take("mail.again", `password.forgotten ${id} ${email}`) ??
        await limits.take("signIn.mail", `${id} ${email}`);
      const account = await findAccountByEmail(db, id, email);
      if (spent !== undefined) return;
      const origin = await originOfTenant(c, context, id);
      // Not awaited: its duration would reveal whether the account exists.
      attend(context.log, "http", mailForgottenPassword(context, origin, account));
    }),

    route({
      method: "POST",
      path: "/v1/auth/one-time-link",
      tag: "auth",
      summary: "Read what a one-time link is for",
      access: "open",
      body: ReadOneTimeLink,
      answer: OneTimeLinkInfo,
      problems: { "oneTimeLink.unknown": 404, "address.tooFrequent": 429 },
    }, async ({ body, c }) => {
      const { link, account } = await slowWrongLink(c, () => getOneTimeLink(context, body.secret));
      const { name } = await getTenant(db, link.tenantId);
      return {
        purpose: link.purpose,
        tenant: { name },
        name: account?.name ?? null,
        email: link.email ?? account?.email ?? null,
        expiresAt: new Date(link.expiresAt).toISOString(),
      };
    }),

    route({
      method: "POST",
      path: "/v1/auth/one-time-link/use",
      tag: "auth",
      summary: "Use a one-time link: set the password and sign in",
      access: "open",
      body: UseOneTimeLink,
      answer: AccountInfo,
      problems: {
        "oneTimeLink.unknown": 404,
        "password.common": 422,
        "address.tooFrequent": 429,
        "signIn.busy": 503,
      },
    }, async ({ body: { secret, ...use }, c }) => {
      const account = await slowWrongLink(c, () => useLink(context, secret, use));
      return await enter(c, account, "oneTimeLink");
    }),

    route({
      method: "POST",
      path: "/v1/auth/email",
      tag: "auth",
      summary: "Confirm a new email address with the link mailed to it",
      access: "open",
      body: ReadOneTimeLink,
      answer: EmailConfirmed,
      problems: { "oneTimeLink.unknown": 404, "person.emailTaken": 409, "address.tooFrequent": 429 },
    }, async ({ body, c }) => ({
      email: await slowWrongLink(c, () => confirmEmail(context, body.secret)),
    })),

    route({
      method: "POST",
      path: "/v1/auth/sign-out",
      tag: "auth",
      summary: "Sign out this browser",
      access: "open",
      answer: SignedOut,
    }, async ({ c }) => {
      const caller = await readCaller(c);
      writeSessionCookie(c, config, null);
      if (caller.kind !== "account") return { continueTo: null };
      const url = await findLogoutUrl(context, caller.session, `${await requestOrigin(c, context)}/`);
      await deleteSession(db, caller.session.id);
      context.signOuts.announce([caller.account.id]);
      return { continueTo: url?.href ?? null };
    }),

    route({
      method: "POST",
      path: "/v1/auth/oidc/{provider}/logout",
      tag: "auth",
      summary: "End the sessions named by a provider's logout token",
      description: "For identity providers: OpenID Connect Back-Channel Logout 1.0.",
      access: "open",
      params: { provider: ProviderId },
      body: BackChannelLogout,
      bodyType: "application/x-www-form-urlencoded",
      status: 200,
      takesForeignOrigin: true,
      problems: { "oidc.logoutWrong": 400, "oidc.unreachable": 503 },
    }, async ({ params, body }) => {
      const provider = context.providers.find(params.provider);
      if (provider === undefined) throw unknown("provider");
      await logOutByToken(context, provider, body.logout_token);
    }),
  ];
}
