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
import type { Desk } from "../desk.ts";
import { admit } from "./admit.ts";
import { readClaims } from "./claims.ts";
import { causeOf, isOfAge, isRefusal } from "./fault.ts";
import type { ProviderConfig } from "./provider_config.ts";
import { openTokens, sealTokens } from "./tokens.ts";
import { completeClaims } from "./userinfo.ts";

/** How long a provider's word is believed, ms: who is disabled there is out here this much later at the latest, or with their next request after it. */
export const RECHECK_MS = 10 * 60_000;

/** When a provider that does not answer is asked again, ms. Its people stay signed in meanwhile. */
const RETRY_MS = 60_000;

/** How long the last word of a provider is believed that does not answer, or that the person has to sign in at anew, ms: as long as that of one that cannot be asked. */
const SILENT_MS = 12 * 3_600_000;

/** A session as it is needed to ask its provider. */
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
 * How long after these tokens the provider is asked again, ms: before half the life of a refresh token has passed, where it says how long that is
 * (`refresh_expires_in`, Keycloak).
 */
export function recheckAfter(tokens: { readonly [claim: string]: unknown }): number {
  const lifeS = tokens["refresh_expires_in"];
  return typeof lifeS === "number" && lifeS > 0 ? Math.min(RECHECK_MS, lifeS * 500) : RECHECK_MS;
}

/**
 * Asks the provider by the session's refresh token whether it still lets the person in, and takes over what it says of them. False: it does
 * not; the session has ended, or has lapsed if its tokens may only have died of age. Of several who ask at once one does, the others go on.
 */
export async function recheck(desk: Desk, session: CheckedSession): Promise<boolean> {
  const { db, now, providers, log } = desk;
  const at = now();
  const { recheckAt } = session;
  if (recheckAt === null || recheckAt > at) return true;
  if (!await claimRecheck(db, session.id, recheckAt, at + RETRY_MS)) return true;
  const provider = providers.find(session.method);
  try {
    if (provider !== undefined && await isStillAdmitted(desk, provider, session)) return true;
  } catch (error) {
    if (isOfAge(error, at - recheckAt, RECHECK_MS)) {
      await forgetTokens(db, session.id);
      await lapseSession(db, session.id, at, (session.ways.vouchedAt ?? 0) + SILENT_MS);
      return false;
    }
    if (!isRefusal(error)) {
      log.warn("oidc.unreachable", { provider: session.method, ...causeOf(error) });
      if (at - (session.ways.vouchedAt ?? 0) <= SILENT_MS) return true;
    }
  }
  await deleteSession(db, session.id);
  desk.signOuts.tell([session.accountId]);
  return false;
}

async function isStillAdmitted(
  desk: Desk,
  provider: ProviderConfig,
  session: CheckedSession,
): Promise<boolean> {
  const { db, now, log } = desk;
  const { refreshToken, idToken } = await openTokens(desk, await findTokens(db, session.id) ?? "");
  if (refreshToken === undefined) return false;
  const configuration = await desk.providers.discover(provider);
  const tokens = await client.refreshTokenGrant(configuration, refreshToken);
  const kept = { idToken: tokens.id_token ?? idToken, refreshToken: tokens.refresh_token ?? refreshToken };
  await keepTokens(db, session.id, await sealTokens(desk, kept), now() + recheckAfter(tokens));
  const claims = tokens.claims() ?? await askWithoutToken(configuration, tokens, idToken);
  // It lets them in, and says nothing else of them.
  if (claims === undefined) return true;
  const known = await completeClaims(configuration, tokens, claims, { provider, log });
  const account = await admit(db, readClaims(known, provider), provider, now());
  return typeof account !== "string" && account.id === session.accountId;
}

/** What the userinfo endpoint says of the person of an earlier ID token, where a refresh brings none; undefined: nothing. */
async function askWithoutToken(
  configuration: client.Configuration,
  { access_token: accessToken }: client.TokenEndpointResponse,
  idToken: string | undefined,
) {
  const { iss, sub } = idToken === undefined ? {} : decodeJwt(idToken);
  const hasUserInfo = configuration.serverMetadata().userinfo_endpoint !== undefined;
  if (iss === undefined || sub === undefined || !hasUserInfo) return undefined;
  return { ...await client.fetchUserInfo(configuration, accessToken, sub), iss, sub };
}
