import * as client from "openid-client";
import type { Log } from "../../log.ts";
import { type Claims, missingClaims } from "./claims.ts";
import { causeOf } from "./fault.ts";
import type { ProviderConfig } from "./provider_config.ts";

/** How long somebody who signs in waits for what is nice to know of them, ms. */
const USERINFO_MS = 3_000;

/**
 * What the provider says of somebody: the claims of its ID token, and, where configured ones are missing, those of its userinfo endpoint besides. That may
 * fail: then what the ID token says is all there is. What is missing in the end is logged, by the claims' names.
 */
export async function completeClaims(
  configuration: client.Configuration,
  { access_token: accessToken }: Pick<client.TokenEndpointResponse, "access_token">,
  claims: Claims,
  { provider, log }: { readonly provider: ProviderConfig; readonly log: Log },
): Promise<Claims> {
  if (missingClaims(claims, provider).length === 0) return claims;
  let all = claims;
  const endpoint = configuration.serverMetadata().userinfo_endpoint;
  if (endpoint !== undefined) {
    try {
      const { iss, sub } = claims;
      all = { ...await fetchUserInfo(configuration, accessToken, sub), ...claims, iss, sub };
    } catch (error) {
      const isElsewhere = URL.parse(endpoint)?.host !== provider.issuer.host;
      log.warn("oidc.userinfo", {
        provider: provider.id,
        ...causeOf(error),
        ...isElsewhere && { host: URL.parse(endpoint)?.host, hint: "is it in OIDC_HOSTS?" },
      });
    }
  }
  const missing = missingClaims(all, provider);
  if (missing.length > 0) log.warn("oidc.claimsMissing", { provider: provider.id, claims: missing });
  return all;
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
