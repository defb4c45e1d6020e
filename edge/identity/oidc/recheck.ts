import { decodeJwt } from "jose";
import * as client from "openid-client";
import type { AccountId, SessionId } from "@tafelrunde/protocol";
import type { AccountWays } from "../../store/account_ways.ts";
import {
  claimRecheck,
  deleteSession,
  findTokens,
  forgetTokens,
  keepTokens,
  lapseSession,
} from "../../store/session.ts";
import type { IdentityContext } from "../../context.ts";
import { admit } from "./admit.ts";
import { readClaims, type Said } from "./claims.ts";
import { causeOf, readRefusal } from "./fault.ts";
import type { ProviderConfig } from "./provider_config.ts";
import { openTokens, sealTokens } from "./tokens.ts";
import { askUserInfo, completeClaims } from "./userinfo.ts";

/**
 * How long a provider's confirmation is trusted, ms: a person disabled there loses access here this much
 * later, or with their next request after it.
 */
export const RECHECK_MS = 10 * 60_000;

/** Interval of asking again a provider that does not respond, ms. Its people stay signed in meanwhile. */
const RETRY_MS = 60_000;

/**
 * How long earlier statements of a provider are trusted, ms, the same as for a provider that cannot be asked:
 * that a person is allowed in, if the provider does not respond or they have to sign in again; and their
 * tenant and admin role, if no check says anything about these.
 */
const SILENT_MS = 12 * 3_600_000;

/** The parts of a session that a check needs. */
export interface CheckedSession {
  readonly id: SessionId;
  readonly accountId: AccountId;
  /** Id of the provider. */
  readonly method: string;
  /** When the provider is to be asked again, ms; null: never. */
  readonly recheckAt: number | null;
  readonly ways: Pick<AccountWays, "vouchedAt">;
}

/**
 * Time until the provider is asked again, ms: before half the lifetime of the refresh token has passed, if
 * the provider states it (`refresh_expires_in`, Keycloak).
 */
export function recheckAfter(tokens: { readonly [claim: string]: unknown }): number {
  const lifeS = tokens["refresh_expires_in"];
  return typeof lifeS === "number" && lifeS > 0 ? Math.min(RECHECK_MS, lifeS * 500) : RECHECK_MS;
}

/** Result of checking a session. */
type Verdict =
  | "goesOn"
  /** It needs a new sign-in, and ends no meeting. */
  | "lapses"
  | "ends";

/**
 * Asks the provider, with the session's refresh token, whether the person is still allowed in, and updates
 * the account. False: they are not; the session has ended, or has lapsed if its tokens might only have
 * expired of age. Of concurrent calls one asks, the others return true.
 */
export async function recheck(context: IdentityContext, session: CheckedSession): Promise<boolean> {
  const { db, now, providers } = context;
  const at = now();
  const { recheckAt } = session;
  if (recheckAt === null || recheckAt > at) return true;
  if (!await claimRecheck(db, session.id, recheckAt, at + RETRY_MS)) return true;
  const provider = providers.find(session.method);
  const verdict = provider === undefined ? "ends" : await askProvider(context, provider, session)
    .catch((error: unknown) => verdictOf(error, context, session, at));
  if (verdict === "goesOn") return true;
  if (verdict === "lapses") {
    await forgetTokens(db, session.id);
    await lapseSession(db, session.id, at, (session.ways.vouchedAt ?? 0) + SILENT_MS);
    return false;
  }
  await deleteSession(db, session.id);
  context.signOuts.announce([session.accountId]);
  return false;
}

/** Result of a failed check that began `at` (ms). */
async function verdictOf(
  error: unknown,
  { log }: IdentityContext,
  { method, recheckAt, ways: { vouchedAt } }: CheckedSession,
  at: number,
): Promise<Verdict> {
  const refusal = await readRefusal(error, at - (recheckAt ?? at), RECHECK_MS);
  if (refusal !== undefined) return refusal === "ofAge" ? "lapses" : "ends";
  log.warn("oidc.unreachable", { provider: method, ...causeOf(error) });
  return at - (vouchedAt ?? 0) <= SILENT_MS ? "goesOn" : "ends";
}

async function askProvider(
  context: IdentityContext,
  provider: ProviderConfig,
  session: CheckedSession,
): Promise<Verdict> {
  const { db, now } = context;
  const { refreshToken, idToken, toldAt = now() } = await openTokens(
    context,
    await findTokens(db, session.id) ?? "",
  );
  if (refreshToken === undefined) return "ends";
  const { tokens, configuration } = await context.providers.exchange(provider, async (configuration) => ({
    tokens: await client.refreshTokenGrant(configuration, refreshToken),
    configuration,
  }));
  const kept = { idToken: tokens.id_token ?? idToken, refreshToken: tokens.refresh_token ?? refreshToken };
  // Counted from this response, however long the rest takes.
  const recheckAt = now() + recheckAfter(tokens);
  const keep = async (toldAt: number) =>
    await keepTokens(db, session.id, await sealTokens(context, { ...kept, toldAt }), recheckAt);
  // Before anything else can fail: a refresh token might be valid only once.
  await keep(toldAt);
  const said = await askForClaims(context, provider, configuration, { tokens, idToken });
  // The provider allows someone in, but not known whom.
  if (said === undefined) return "goesOn";
  if (!said.isPartial) await keep(now());
  const claimed = readClaims(said, provider);
  const isStale = now() - toldAt > SILENT_MS;
  const isBelieved = said.isPartial === true && !isStale;
  if (said.isPartial && isStale && provider.tenantClaim !== undefined && claimed.tenant === undefined) {
    return "lapses";
  }
  const rules = isBelieved && claimed.groups === undefined
    ? { ...provider, adminGroup: undefined }
    : provider;
  const account = await admit(db, claimed, rules, now());
  return typeof account !== "string" && account.id === session.accountId ? "goesOn" : "ends";
}

/**
 * The provider's claims at a check: from a new ID token, or else from userinfo. Undefined: the person's id at
 * the provider is unknown.
 */
async function askForClaims(
  { log }: IdentityContext,
  provider: ProviderConfig,
  configuration: client.Configuration,
  { tokens, idToken }: {
    readonly tokens: client.TokenEndpointResponse & client.TokenEndpointResponseHelpers;
    readonly idToken: string | undefined;
  },
): Promise<Said | undefined> {
  const claims = tokens.claims();
  if (claims !== undefined) return await completeClaims(configuration, tokens, claims, { provider, log });
  const { iss, sub } = idToken === undefined ? {} : decodeJwt(idToken);
  if (iss === undefined || sub === undefined) return undefined;
  const said = await askUserInfo(configuration, tokens, { iss, sub }, { provider, log });
  return { ...said, isPartial: said.userInfo === undefined };
}
