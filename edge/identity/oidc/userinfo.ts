import * as client from "openid-client";
import type { Log } from "../../log.ts";
import { type Claims, missingClaims, type Said } from "./claims.ts";
import { causeOf } from "./fault.ts";
import type { ProviderConfig } from "./provider_config.ts";

/** How long somebody who signs in waits for what is nice to know of them, ms. */
const USERINFO_MS = 3_000;

/**
 * What the provider says of somebody: the claims of its ID token, and, where some that count are missing, those of its userinfo endpoint besides. That may
 * fail: then what the ID token says is all there is. What is missing in the end is logged, by the claims' names.
 */
export async function completeClaims(
  configuration: client.Configuration,
  tokens: Pick<client.TokenEndpointResponse, "access_token">,
  token: Claims,
  { provider, log }: { readonly provider: ProviderConfig; readonly log: Log },
): Promise<Said> {
  if (missingClaims({ token }, provider).length === 0) return { token };
  const said = await askUserInfo(configuration, tokens, token, { provider, log });
  const missing = missingClaims(said, provider);
  if (missing.length > 0) log.warn("oidc.claimsMissing", { provider: provider.id, claims: missing });
  return said;
}

/** The same of userinfo in any case; without it, and with a line in the log, where it fails. */
export async function askUserInfo(
  configuration: client.Configuration,
  { access_token: accessToken }: Pick<client.TokenEndpointResponse, "access_token">,
  token: Claims,
  { provider, log }: { readonly provider: ProviderConfig; readonly log: Log },
): Promise<Said> {
  const endpoint = configuration.serverMetadata().userinfo_endpoint;
  if (endpoint === undefined) return { token };
  try {
    return { token, userInfo: await fetchUserInfo(configuration, accessToken, token.sub) };
  } catch (error) {
    const isElsewhere = URL.parse(endpoint)?.host !== provider.issuer.host;
    log.warn("oidc.userinfo", {
      provider: provider.id,
      ...causeOf(error),
      ...isElsewhere && { host: URL.parse(endpoint)?.host, hint: "is it in OIDC_HOSTS?" },
    });
    return { token, isPartial: true };
  }
}

async function fetchUserInfo(
  configuration: client.Configuration,
  accessToken: string,
  subject: string,
): Promise<client.UserInfoResponse> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`no answer within ${USERINFO_MS} ms`)), USERINFO_MS);
  const asked = client.fetchUserInfo(configuration, accessToken, subject);
  try {
    return await Promise.race([asked, late.promise]);
  } finally {
    clearTimeout(timer);
    // Whoever is late has nobody who listens any more.
    asked.catch(() => {});
  }
}
