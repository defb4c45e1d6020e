import * as client from "openid-client";
import {
  claimRecheck,
  deleteSession,
  findTokens,
  keepTokens,
  type StoredSession,
} from "../../store/session.ts";
import type { Desk } from "../desk.ts";
import { admit } from "./admit.ts";
import { isIncomplete, readClaims } from "./claims.ts";
import type { ProviderConfig } from "./provider_config.ts";
import { openTokens, sealTokens } from "./tokens.ts";
import { askUserInfo } from "./userinfo.ts";

/** How long a provider's word is believed, ms: who is disabled there is out here this much later at the latest, or with their next request after it. */
export const RECHECK_MS = 10 * 60_000;

/** When a provider that does not answer is asked again, ms. Its people stay signed in meanwhile. */
const RETRY_MS = 60_000;

/**
 * Asks the provider by the session's refresh token whether it still lets the person in, and takes over what it says of them. False: it does
 * not; the session has ended. Of several requests at once one asks, the others go on.
 */
export async function recheck(desk: Desk, session: StoredSession): Promise<boolean> {
  const { db, now, providers, log } = desk;
  const at = now();
  if (session.recheckAt === null || session.recheckAt > at) return true;
  if (!await claimRecheck(db, session.id, session.recheckAt, at + RETRY_MS)) return true;
  const provider = providers.find(session.method);
  try {
    if (provider !== undefined && await isStillAdmitted(desk, provider, session)) return true;
  } catch (error) {
    if (!(error instanceof client.ResponseBodyError && error.error === "invalid_grant")) {
      log.warn("oidc.unreachable", { provider: session.method, error });
      return true;
    }
  }
  await deleteSession(db, session.id);
  desk.signOuts.tell([session.account.id]);
  return false;
}

async function isStillAdmitted(
  desk: Desk,
  provider: ProviderConfig,
  session: StoredSession,
): Promise<boolean> {
  const { db, now } = desk;
  const { refreshToken, idToken } = await openTokens(desk, await findTokens(db, session.id) ?? "");
  if (refreshToken === undefined) return false;
  const configuration = await desk.providers.discover(provider);
  const tokens = await client.refreshTokenGrant(configuration, refreshToken);
  const kept = { idToken: tokens.id_token ?? idToken, refreshToken: tokens.refresh_token ?? refreshToken };
  await keepTokens(db, session.id, await sealTokens(desk, kept), now() + RECHECK_MS);
  const claims = tokens.claims();
  if (claims === undefined) return true;
  const known = isIncomplete(claims, provider) ? await askUserInfo(configuration, tokens, claims) : claims;
  const account = await admit(db, readClaims(known, provider), provider, now());
  return typeof account !== "string" && account.id === session.account.id;
}
