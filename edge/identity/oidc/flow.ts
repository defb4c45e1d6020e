import * as client from "openid-client";
import { DomainError } from "../../errors.ts";
import type { Account } from "../../store/account.ts";
import { insertOidcFlow, takeOidcFlow } from "../../store/oidc_flow.ts";
import type { ProviderSession } from "../../store/session.ts";
import type { IdentityContext } from "../../context.ts";
import { hashSecret } from "../secret.ts";
import { admit, type Unadmitted } from "./admit.ts";
import { isStorable, readClaims } from "./claims.ts";
import { causeOf, isForLater } from "./fault.ts";
import type { ProviderConfig } from "./provider_config.ts";
import { recheckAfter } from "./recheck.ts";
import { sealTokens } from "./tokens.ts";
import { completeClaims } from "./userinfo.ts";

/** How long a sign-in at the provider can take, ms. */
const FLOW_MS = 15 * 60_000;

/** Largest accepted difference of the provider's clock, ms. */
const CLOCK_SKEW_MS = 60_000;

/** Longest path to return to, characters: it is stored until the person returns. */
const MAX_RETURN_TO = 2_000;

/** The path to return to: of this site, or else "/". One that is too long counts as "/". */
export function safeReturnTo(asked: string | undefined, origin: string): string {
  const url = URL.parse(asked ?? "/", origin);
  if (url === null || url.origin !== origin || !asked?.startsWith("/")) return "/";
  const path = `${url.pathname}${url.search}${url.hash}`;
  return path.length <= MAX_RETURN_TO ? path : "/";
}

/**
 * The URI to which the provider redirects. Each provider has its own, so that responses of two providers
 * cannot be mixed up.
 */
export function redirectUri(origin: string, { id }: ProviderConfig): string {
  return `${origin}/v1/auth/oidc/${id}/callback`;
}

/** A sign-in that begins. */
export interface Beginning {
  /** The secret of the device cookie: only the browser that began a sign-in can finish it. */
  readonly device: string;
  /** A path of this site. */
  readonly returnTo: string;
  /** The person is signed in already, and has to prove their identity again. */
  readonly isProof: boolean;
}

/** The URL at the provider to redirect to for signing in. Throws 503 `oidc.unreachable`. */
export async function beginSignIn(
  context: IdentityContext,
  provider: ProviderConfig,
  origin: string,
  { device, returnTo, isProof }: Beginning,
): Promise<URL> {
  const configuration = await reach(context, provider);
  const [codeVerifier, state, nonce] = [
    client.randomPKCECodeVerifier(),
    client.randomState(),
    client.randomNonce(),
  ];
  await insertOidcFlow(context.db, {
    stateHash: hashSecret(state),
    provider: provider.id,
    codeVerifier,
    nonce,
    returnTo,
    deviceHash: hashSecret(device),
    isProof,
    expiresAt: context.now() + FLOW_MS,
  });
  return client.buildAuthorizationUrl(configuration, {
    redirect_uri: redirectUri(origin, provider),
    scope: provider.scopes,
    code_challenge: await client.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: "S256",
    state,
    nonce,
    ...isProof ? { prompt: "login", max_age: "0" } : {},
    ...provider.scopes.split(" ").includes("offline_access") && !isProof ? { prompt: "consent" } : {},
  });
}

/** A sign-in that succeeded. */
export interface Returned {
  readonly account: Account;
  readonly returnTo: string;
  readonly session: ProviderSession;
  /** When the person signed in at the provider, ms. */
  readonly provedAt: number;
}

/** Why a sign-in failed. */
export type Unreturned =
  | Unadmitted
  /** It was not begun by this browser, was finished before, or took too long. */
  | "oidc.stateUnknown"
  /** The provider, or the person there, refused. */
  | "oidc.denied"
  /** The provider's response is invalid: signature, issuer, nonce, time. */
  | "oidc.answerWrong"
  /** The provider was told to authenticate the person again, and does not say that it has. */
  | "oidc.notProved"
  /** The provider does not respond. */
  | "oidc.unreachable";

/**
 * Finishes a sign-in: `url` is the redirect URI, with the provider's response in the query. Rejects with our
 * own faults.
 */
export async function endSignIn(
  context: IdentityContext,
  provider: ProviderConfig,
  url: URL,
  device: string | undefined,
): Promise<Returned | Unreturned> {
  const { db, now } = context;
  const state = url.searchParams.get("state") ?? "";
  const flow = device === undefined ? undefined : await takeOidcFlow(db, {
    stateHash: hashSecret(state),
    deviceHash: hashSecret(device),
    provider: provider.id,
  }, now());
  if (flow === undefined) return "oidc.stateUnknown";
  const answer = await exchange(context, provider, url, { ...flow, state })
    .catch((error: unknown) => reasonOf(error, context, provider));
  if (typeof answer === "string") return answer;
  const { tokens, claims, said } = answer;
  const provedAt = provedAtOf(claims, flow, now());
  if (flow.isProof && provedAt < flow.expiresAt - FLOW_MS) {
    context.log.warn("oidc.notProved", {
      provider: provider.id,
      hasAuthTime: claims.auth_time !== undefined,
    });
    return "oidc.notProved";
  }
  if (!isStorable(claims.sub)) {
    context.log.warn("oidc.answerWrong", { provider: provider.id, cause: "sub: too long, or no text" });
    return "oidc.answerWrong";
  }
  const claimed = readClaims(said, provider);
  const account = await admit(db, claimed, provider, now());
  if (account === "tenant.unknown") {
    const { id, tenant, tenantClaim } = provider;
    // Never the claimed value: the person could have chosen it.
    const why = tenantClaim === undefined
      ? { tenant }
      : { claim: tenantClaim, isClaimed: claimed.tenant !== undefined };
    context.log.warn("oidc.tenantUnknown", { provider: id, ...why });
  }
  if (typeof account === "string") return account;
  const session: ProviderSession = {
    issuer: claims.iss,
    sid: typeof claims.sid === "string" && isStorable(claims.sid) ? claims.sid : null,
    tokens: await sealTokens(context, {
      idToken: tokens.id_token,
      refreshToken: tokens.refresh_token,
      toldAt: now(),
    }),
    recheckAt: tokens.refresh_token === undefined ? null : now() + recheckAfter(tokens),
  };
  // Sessions from other sign-in methods might have ended with it.
  context.signOuts.announce([account.id]);
  return { account, returnTo: flow.returnTo, session, provedAt };
}

/**
 * When the provider authenticated the person, ms, at most `now`; 0: it does not say. If it was told to
 * authenticate again and the time is slightly earlier, its clock is slow: it counts as now.
 */
function provedAtOf(
  { auth_time: authTimeS }: { readonly auth_time?: number },
  { isProof, expiresAt }: { readonly isProof: boolean; readonly expiresAt: number },
  now: number,
): number {
  if (authTimeS === undefined) return 0;
  const at = authTimeS * 1000;
  const isNew = isProof && at >= expiresAt - FLOW_MS - CLOCK_SKEW_MS;
  return isNew ? now : Math.min(at, now);
}

/**
 * Exchanges the provider's code for tokens, and fetches missing claims. Rejects if the provider refuses, does
 * not respond, or sends an invalid response.
 */
async function exchange(
  context: IdentityContext,
  provider: ProviderConfig,
  url: URL,
  { codeVerifier, nonce, state }: {
    readonly codeVerifier: string;
    readonly nonce: string;
    readonly state: string;
  },
) {
  return await context.providers.exchange(provider, async (configuration) => {
    const tokens = await client.authorizationCodeGrant(configuration, url, {
      pkceCodeVerifier: codeVerifier,
      expectedState: state,
      expectedNonce: nonce,
      idTokenExpected: true,
    });
    const claims = tokens.claims()!;
    const said = await completeClaims(configuration, tokens, claims, { provider, log: context.log });
    return { tokens, claims, said };
  });
}

async function reach(context: IdentityContext, provider: ProviderConfig): Promise<client.Configuration> {
  try {
    return await context.providers.discover(provider);
  } catch (error) {
    context.log.warn("oidc.unreachable", { provider: provider.id, ...causeOf(error) });
    throw new DomainError("oidc.unreachable");
  }
}

/**
 * Errors about what the person did, or was not allowed to do. Source: RFC 6749 §4.1.2.1, OpenID Connect Core
 * 1.0 §3.1.2.6.
 */
const PERSONS = ["access_denied", "login_required", "interaction_required", "consent_required"];

function reasonOf(error: unknown, { log }: IdentityContext, provider: ProviderConfig): Unreturned {
  if (error instanceof client.AuthorizationResponseError) {
    // Actions of the person are not faults; everything else is a fault of the provider or of its
    // configuration.
    if (!PERSONS.includes(error.error)) log.warn("oidc.denied", { provider: provider.id, ...causeOf(error) });
    return error.error === "server_error" || error.error === "temporarily_unavailable"
      ? "oidc.unreachable"
      : "oidc.denied";
  }
  const isAnswer = error instanceof client.ClientError && error.code !== "OAUTH_TIMEOUT" ||
    error instanceof client.ResponseBodyError || error instanceof client.WWWAuthenticateChallengeError;
  const reason = isAnswer && !isForLater(error) ? "oidc.answerWrong" : "oidc.unreachable";
  log.warn(reason, { provider: provider.id, ...causeOf(error) });
  return reason;
}
