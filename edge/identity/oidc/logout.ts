import { decodeJwt, decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from "jose";
import * as client from "openid-client";
import * as v from "valibot";
import { DomainError } from "../../errors.ts";
import { deleteProviderSessions, findTokens, type StoredSession } from "../../store/session.ts";
import { insertOneTimeSecret } from "../../store/one_time_secret.ts";
import type { IdentityContext } from "../../context.ts";
import { hashSecret } from "../secret.ts";
import { isStorable } from "./claims.ts";
import { causeOf } from "./fault.ts";
import type { ProviderConfig } from "./provider_config.ts";
import { openTokens } from "./tokens.ts";

/** Source: OpenID Connect Back-Channel Logout 1.0 §2.4. */
const LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout";

/** Longest age of a logout token, seconds; its `jti` is remembered for as long. */
const MAX_AGE_S = 600;

/** Largest accepted difference of the provider's clock, seconds. */
const CLOCK_SKEW_S = 60;

/** Signatures that only the provider can make: never "none", and no HMAC, which our own secret could make. */
const ALGORITHMS = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
];

/** Our text for what is wrong with a token. Source: codes of jose's errors. */
const CAUSES: Readonly<Record<string, string>> = {
  ERR_JWT_EXPIRED: "time",
  ERR_JWT_CLAIM_VALIDATION_FAILED: "iss, aud or time",
  ERR_JWS_INVALID: "no token",
  ERR_JWT_INVALID: "no token",
};

/** Errors of fetching keys, not of the token. Source: the same. */
const UNREACHED = ["ERR_JWKS_TIMEOUT", "ERR_JOSE_GENERIC", "ERR_JWKS_INVALID"];

/** Older providers send no type of their own. Source: the same. */
const TYPES: readonly (string | undefined)[] = ["logout+jwt", "jwt", undefined];

/** An id of the provider that can be looked up. */
const opaque = v.pipe(v.string(), v.check(isStorable, "holds no such text"));

/** Claims of a logout token besides those of every token. Source: the same. */
const LogoutClaims = v.pipe(
  v.looseObject({
    iat: v.number(),
    exp: v.number(),
    jti: v.pipe(v.string(), v.minLength(1), v.maxLength(512)),
    sub: v.optional(opaque),
    sid: v.optional(opaque),
    events: v.looseObject({ [LOGOUT_EVENT]: v.looseObject({}) }),
    nonce: v.optional(v.undefined("has a nonce")),
  }),
  v.check(({ sub, sid }) => sub !== undefined || sid !== undefined, "names nobody"),
);

/**
 * Ends the sessions named by a provider's logout token. Throws 400 `oidc.logoutWrong` for a token that is
 * forged, expired, used before or not a logout token, and 503 `oidc.unreachable`. Source: OpenID Connect
 * Back-Channel Logout 1.0 §2.6.
 */
export async function logOutByToken(
  context: IdentityContext,
  provider: ProviderConfig,
  token: string,
): Promise<void> {
  const { db, now, log } = context;
  try {
    // Anyone can send a token: an invalid one must not cause a request to the provider.
    readUnverified(token);
    const { issuer, payload } = await verify(context, provider, token);
    const { jti, sid, sub } = logoutClaimsOf(payload);
    const isNew = await insertOneTimeSecret(db, {
      hash: hashSecret(JSON.stringify(["logout", issuer, jti])),
      purpose: "logoutToken",
      tenantId: null,
      accountId: null,
      expiresAt: now() + (MAX_AGE_S + CLOCK_SKEW_S) * 1000,
    });
    if (!isNew) throw logoutWrong("jti: used before");
    context.signOuts.announce(await deleteProviderSessions(db, { issuer, sid, subject: sub }));
  } catch (error) {
    if (error instanceof DomainError && error.code === "oidc.logoutWrong") {
      log.warn("oidc.logoutWrong", { provider: provider.id, cause: error.fields.fault });
    }
    throw error;
  }
}

function readUnverified(token: string): void {
  try {
    const { alg = "", typ } = decodeProtectedHeader(token);
    if (!ALGORITHMS.includes(alg)) throw logoutWrong("signature");
    if (!TYPES.includes(typ?.toLowerCase())) throw logoutWrong("typ");
    logoutClaimsOf(decodeJwt(token));
  } catch (error) {
    throw error instanceof DomainError ? error : logoutWrong("no token");
  }
}

function logoutClaimsOf(payload: JWTPayload): v.InferOutput<typeof LogoutClaims> {
  const claims = v.safeParse(LogoutClaims, payload);
  if (!claims.success) throw logoutWrong(v.getDotPath(claims.issues[0]) ?? "names nobody");
  return claims.output;
}

/**
 * The claims of a token that the provider has signed for us, and its issuer. If no known key matches, the
 * keys are fetched again.
 */
async function verify(
  context: IdentityContext,
  provider: ProviderConfig,
  token: string,
): Promise<{ readonly issuer: string; readonly payload: JWTPayload }> {
  const { providers, now, log } = context;
  try {
    const { issuer, jwks_uri: keysUrl } = (await providers.discover(provider)).serverMetadata();
    if (keysUrl === undefined) throw logoutWrong("the provider has no keys");
    const keys = providers.keysAt(keysUrl);
    const verifyNow = () =>
      jwtVerify(token, keys, {
        issuer,
        audience: provider.clientId,
        algorithms: ALGORITHMS,
        clockTolerance: CLOCK_SKEW_S,
        maxTokenAge: MAX_AGE_S,
        currentDate: new Date(now()),
      });
    const { payload } = await verifyNow().catch(async (error: unknown) => {
      if (!(error instanceof errors.JWSSignatureVerificationFailed) || keys.coolingDown) throw error;
      await keys.reload();
      return await verifyNow();
    });
    return { issuer, payload };
  } catch (error) {
    if (error instanceof DomainError) throw error;
    if (error instanceof errors.JOSEError && !UNREACHED.includes(error.code)) {
      throw logoutWrong(CAUSES[error.code] ?? "signature");
    }
    log.warn("oidc.unreachable", { provider: provider.id, ...causeOf(error) });
    throw new DomainError("oidc.unreachable");
  }
}

/** The URL to sign out at the provider as well, returning to `home`; undefined: there is none. */
export async function findLogoutUrl(
  context: IdentityContext,
  session: StoredSession,
  home: string,
): Promise<URL | undefined> {
  const provider = session.issuer === null ? undefined : context.providers.find(session.method);
  if (provider === undefined) return undefined;
  try {
    const configuration = await context.providers.discover(provider);
    if (configuration.serverMetadata().end_session_endpoint === undefined) return undefined;
    const { idToken } = await openTokens(context, await findTokens(context.db, session.id) ?? "");
    return client.buildEndSessionUrl(configuration, {
      post_logout_redirect_uri: home,
      ...idToken !== undefined && { id_token_hint: idToken },
    });
  } catch (error) {
    context.log.warn("oidc.unreachable", { provider: provider.id, ...causeOf(error) });
    return undefined;
  }
}

function logoutWrong(fault: string): DomainError<"oidc.logoutWrong"> {
  return new DomainError("oidc.logoutWrong", { fault });
}
