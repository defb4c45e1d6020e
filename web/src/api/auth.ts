import type { AccountInfo, OneTimeLinkInfo, SignInMethods } from "@tafelrunde/protocol/http";
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from "@simplewebauthn/browser";
import { type Answer, get, post, query } from "./request.ts";

export type { OneTimeLinkInfo, SignInMethods };
export type Provider = SignInMethods["providers"][number];

/** The sign-in methods under this host name. */
export function readMethods(): Promise<Answer<SignInMethods>> {
  return get("/v1/auth/methods");
}

export function signInWithPassword(body: { email: string; password: string }): Promise<Answer<AccountInfo>> {
  return post("/v1/auth/password", body);
}

/** Options for the browser to look for a passkey. */
export function passkeyOptions(): Promise<Answer<PublicKeyCredentialRequestOptionsJSON>> {
  return post("/v1/auth/passkey/options");
}

export function signInWithPasskey(credential: AuthenticationResponseJSON): Promise<Answer<AccountInfo>> {
  return post("/v1/auth/passkey", { credential });
}

export function signInWithRecoveryCode(body: { email: string; code: string }): Promise<Answer<AccountInfo>> {
  return post("/v1/auth/recovery", body);
}

/**
 * The path where a provider's sign-in begins; the browser goes there and returns to `returnTo`: a path
 * without a fragment.
 */
export function providerPath({ id }: Provider, returnTo: string): string {
  return `/v1/auth/oidc/${id}${query({ returnTo })}`;
}

export function askForReset(body: { email: string }): Promise<Answer<void>> {
  return post("/v1/auth/forgotten", body);
}

/** Reads the purpose of a one-time link without using it up. */
export function readOneTimeLink(secret: string): Promise<Answer<OneTimeLinkInfo>> {
  return post("/v1/auth/one-time-link", { secret });
}

export function redeemOneTimeLink(
  secret: string,
  body: { password: string; name?: string; email?: string },
): Promise<Answer<AccountInfo>> {
  return post("/v1/auth/one-time-link/use", { secret, ...body });
}

/** `continueTo`: where to continue to sign out at the provider as well. */
export function signOut(): Promise<Answer<{ readonly continueTo: string | null }>> {
  return post("/v1/auth/sign-out");
}

/** Confirms an account's new address with the mailed link. */
export function confirmEmail(secret: string): Promise<Answer<{ readonly email: string }>> {
  return post("/v1/auth/email", { secret });
}
