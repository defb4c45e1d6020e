import { errors, jwtVerify } from "jose";
import * as client from "openid-client";
import * as v from "valibot";
import { ProblemError } from "../../http/problem.ts";
import { deleteProviderSessions, findTokens, type StoredSession } from "../../store/session.ts";
import { insertTicket } from "../../store/ticket.ts";
import type { Desk } from "../desk.ts";
import { hashSecret } from "../secret.ts";
import { causeOf } from "./fault.ts";
import type { ProviderConfig } from "./provider_config.ts";
import { openTokens } from "./tokens.ts";

/** Source: OpenID Connect Back-Channel Logout 1.0 §2.4. */
const LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout";

/** How old a logout token may be, seconds; its `jti` is remembered for as long. */
const MAX_AGE_S = 600;

/** How far the provider's clock may be off, seconds. */
const CLOCK_SKEW_S = 60;

/** Signatures that only the provider can make: never "none", and no HMAC, for which our own secret would do. */
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

/** What is wrong with a token, in our words. Source: codes of jose's errors. */
const CAUSES: Readonly<Record<string, string>> = {
  ERR_JWT_EXPIRED: "time",
  ERR_JWT_CLAIM_VALIDATION_FAILED: "iss, aud or time",
  ERR_JWS_INVALID: "no token",
  ERR_JWT_INVALID: "no token",
};

/** Older providers name no type of their own. Source: the same. */
const TYPES: readonly (string | undefined)[] = ["logout+jwt", "jwt", undefined];

/** What a logout token has besides what every token has. Source: the same. */
const LogoutClaims = v.pipe(
  v.looseObject({
    iat: v.number(),
    exp: v.number(),
    jti: v.pipe(v.string(), v.minLength(1), v.maxLength(512)),
    sub: v.optional(v.string()),
    sid: v.optional(v.string()),
    events: v.looseObject({ [LOGOUT_EVENT]: v.looseObject({}) }),
    nonce: v.optional(v.undefined("has a nonce")),
  }),
  v.check(({ sub, sid }) => sub !== undefined || sid !== undefined, "names nobody"),
);

/**
 * Ends the sessions that a provider's logout token names. Throws 400 `oidc.logoutWrong` for a token that is forged, expired, used before, or
 * not one of logout. Source: OpenID Connect Back-Channel Logout 1.0 §2.6.
 */
export async function logOutByToken(desk: Desk, provider: ProviderConfig, token: string): Promise<void> {
  const { db, now } = desk;
  const { issuer, jwks_uri: keysUrl } = (await desk.providers.discover(provider)).serverMetadata();
  if (keysUrl === undefined) throw logoutWrong("the provider has no keys");
  const { payload, protectedHeader } = await jwtVerify(token, desk.providers.keysAt(keysUrl), {
    issuer,
    audience: provider.clientId,
    algorithms: ALGORITHMS,
    clockTolerance: CLOCK_SKEW_S,
    maxTokenAge: MAX_AGE_S,
    currentDate: new Date(now()),
  }).catch((error) => {
    if (error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout)) {
      throw logoutWrong(CAUSES[error.code] ?? "signature");
    }
    throw error;
  });
  if (!TYPES.includes(protectedHeader.typ?.toLowerCase())) throw logoutWrong("typ");
  const claims = v.safeParse(LogoutClaims, payload);
  if (!claims.success) throw logoutWrong(v.getDotPath(claims.issues[0]) ?? "names nobody");
  const { jti, sid, sub } = claims.output;
  const isNew = await insertTicket(db, {
    hash: await hashSecret(JSON.stringify(["logout", issuer, jti])),
    purpose: "logoutToken",
    tenantId: null,
    accountId: null,
    expiresAt: now() + (MAX_AGE_S + CLOCK_SKEW_S) * 1000,
  });
  if (!isNew) throw logoutWrong("jti: used before");
  desk.signOuts.tell(await deleteProviderSessions(db, { issuer, sid, subject: sub }));
}

/** Where somebody goes to sign out at their provider as well, and from there back to `home`; undefined: there is no such place. */
export async function findLogoutUrl(
  desk: Desk,
  session: StoredSession,
  home: string,
): Promise<URL | undefined> {
  const provider = session.issuer === null ? undefined : desk.providers.find(session.method);
  if (provider === undefined) return undefined;
  try {
    const configuration = await desk.providers.discover(provider);
    if (configuration.serverMetadata().end_session_endpoint === undefined) return undefined;
    const { idToken } = await openTokens(desk, await findTokens(desk.db, session.id) ?? "");
    return client.buildEndSessionUrl(configuration, {
      post_logout_redirect_uri: home,
      ...idToken !== undefined && { id_token_hint: idToken },
    });
  } catch (error) {
    desk.log.warn("oidc.unreachable", { provider: provider.id, ...causeOf(error) });
    return undefined;
  }
}

function logoutWrong(detail: string): ProblemError {
  return new ProblemError(400, "oidc.logoutWrong", detail);
}
