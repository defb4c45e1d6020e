import * as client from "openid-client";
import type { Log } from "@tafelrunde/protocol/process/log";
import { type Claims, missingClaims, type Said } from "./claims.ts";
import { causeOf } from "./fault.ts";
import type { ProviderConfig } from "./provider_config.ts";

/** How long a sign-in waits for optional claims, ms. */
const USERINFO_MS = 3_000;

/**
 * A provider's claims about a person: those of the ID token and, if some that count are missing, those of the
 * userinfo endpoint. If that fails, only those of the ID token. Logs the names of claims that are still
 * missing.
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

/** The same, always with userinfo; if that fails, without it and with a line in the log. */
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
    // After the timeout no caller handles this rejection.
    asked.catch(() => {});
  }
}
