import * as client from "openid-client";

/** What the ID token and the userinfo endpoint say together, where there is one. */
export async function askUserInfo<Claims extends { readonly iss: string; readonly sub: string }>(
  configuration: client.Configuration,
  { access_token: accessToken }: Pick<client.TokenEndpointResponse, "access_token">,
  claims: Claims,
): Promise<Claims> {
  if (configuration.serverMetadata().userinfo_endpoint === undefined) return claims;
  const info = await client.fetchUserInfo(configuration, accessToken, claims.sub);
  return { ...info, ...claims };
}
