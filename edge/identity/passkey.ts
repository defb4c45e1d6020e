import type { AuthenticationResponseJSON, RegistrationResponseJSON } from "@simplewebauthn/server";
import type { AddPasskey, PasskeyOptions, PasskeySignIn } from "@tafelrunde/protocol/http";
import type * as v from "valibot";
import { DomainError } from "../errors.ts";
import { type Account, lockAccount } from "../store/account.ts";
import { findPasskey, insertPasskey, listPasskeys, touchPasskey } from "../store/passkey.ts";
import { insertOneTimeSecret, spendOneTimeSecret } from "../store/one_time_secret.ts";
import { inTransaction } from "../store/transaction.ts";
import type { IdentityContext } from "../context.ts";
import { requireOwnWays } from "./own_ways.ts";
import { signInWrong } from "./password/password.ts";
import { hashSecret } from "./secret.ts";
import { isOpen } from "./ways.ts";

/** Timeout for using a passkey, ms. */
const CHALLENGE_MS = 5 * 60_000;

/** Most passkeys per account. */
const MAX_PASSKEYS = 20;

/** Loaded when first needed: it takes 200 ms, and most edges never need it. */
const webauthn = () => import("@simplewebauthn/server");

/**
 * Context of a passkey request: the site's origin, "https://meet.example.org", and the secret of the
 * browser's device cookie.
 */
export interface PasskeyOrigin {
  readonly origin: string;
  readonly device: string;
}

/** The options for creating a passkey. */
export async function askForNewPasskey(
  context: IdentityContext,
  place: PasskeyOrigin,
  account: Account,
  siteName: string,
): Promise<v.InferOutput<typeof PasskeyOptions>> {
  const known = await listPasskeys(context.db, account.id);
  if (known.length >= MAX_PASSKEYS) {
    throw new DomainError("passkey.limit", { most: MAX_PASSKEYS });
  }
  const { generateRegistrationOptions } = await webauthn();
  const options = await generateRegistrationOptions({
    rpID: new URL(place.origin).hostname,
    rpName: siteName,
    userID: new TextEncoder().encode(account.id),
    userName: account.email ?? account.name,
    userDisplayName: account.name,
    attestationType: "none",
    timeout: CHALLENGE_MS,
    excludeCredentials: known.map(({ id }) => ({ id })),
    // A passkey replaces name and password: it has to identify the account and verify the user by finger,
    // face or PIN.
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
  });
  await keepChallenge(context, place, options.challenge, account);
  return { ...options };
}

/**
 * Stores a newly created passkey and returns its id. Throws 422 `passkey.wrong`, 409 `passkey.taken`,
 * `account.federated`.
 */
export async function addPasskey(
  context: IdentityContext,
  place: PasskeyOrigin,
  account: Account,
  { name, credential }: v.InferOutput<typeof AddPasskey>,
): Promise<string> {
  const challenge = challengeOf(credential.response.clientDataJSON);
  const { verifyRegistrationResponse } = await webauthn();
  const verified = await takeChallenge(context, place, challenge, account) &&
    await verifyRegistrationResponse({
      response: credential as RegistrationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: place.origin,
      expectedRPID: new URL(place.origin).hostname,
      requireUserVerification: true,
    }).catch(() => undefined);
  if (!verified || !verified.verified) {
    throw new DomainError("passkey.wrong");
  }
  const { id, publicKey, counter } = verified.registrationInfo.credential;
  const { transports } = credential.response;
  const isNew = await inTransaction(context.db, async (trx) => {
    await lockAccount(trx, account.id);
    await requireOwnWays(trx, account.id, context.now());
    return await insertPasskey(trx, account.id, { id, publicKey, counter, transports, name }, context.now());
  });
  if (!isNew) {
    throw new DomainError("passkey.taken");
  }
  return id;
}

/** The options for signing in. They name no account: the passkey does. */
export async function askForPasskey(
  context: IdentityContext,
  place: PasskeyOrigin,
): Promise<v.InferOutput<typeof PasskeyOptions>> {
  const { generateAuthenticationOptions } = await webauthn();
  const options = await generateAuthenticationOptions({
    rpID: new URL(place.origin).hostname,
    userVerification: "required",
    timeout: CHALLENGE_MS,
  });
  await keepChallenge(context, place, options.challenge, undefined);
  return { ...options };
}

/** The account of the passkey that was used. Throws 401 `signIn.wrong`. */
export async function signInByPasskey(
  context: IdentityContext,
  place: PasskeyOrigin,
  { credential }: v.InferOutput<typeof PasskeySignIn>,
): Promise<Account> {
  const challenge = challengeOf(credential.response.clientDataJSON);
  const found = await takeChallenge(context, place, challenge, undefined)
    ? await findPasskey(context.db, credential.id)
    : undefined;
  if (found === undefined || !isOpen("passkey", found.ways, context.now())) throw signInWrong();
  const { verifyAuthenticationResponse } = await webauthn();
  const { id, publicKey, counter } = found.credential;
  const verified = await verifyAuthenticationResponse({
    response: credential as AuthenticationResponseJSON,
    expectedChallenge: challenge,
    expectedOrigin: place.origin,
    expectedRPID: new URL(place.origin).hostname,
    credential: { id, publicKey, counter },
    requireUserVerification: true,
  }).catch(() => undefined);
  if (!verified?.verified) throw signInWrong();
  await touchPasskey(context.db, id, verified.authenticationInfo.newCounter, context.now());
  return found.account;
}

/** Stores a challenge, valid once, for the browser and the account that requested it. */
async function keepChallenge(
  context: IdentityContext,
  { device }: PasskeyOrigin,
  challenge: string,
  account: Account | undefined,
): Promise<void> {
  await insertOneTimeSecret(context.db, {
    hash: hashChallenge(device, challenge, account),
    purpose: "passkey",
    tenantId: null,
    accountId: account?.id ?? null,
    expiresAt: context.now() + CHALLENGE_MS,
  });
}

async function takeChallenge(
  context: IdentityContext,
  { device }: PasskeyOrigin,
  challenge: string,
  account: Account | undefined,
): Promise<boolean> {
  return await spendOneTimeSecret(
    context.db,
    hashChallenge(device, challenge, account),
    "passkey",
    context.now(),
  );
}

function hashChallenge(device: string, challenge: string, account: Account | undefined): string {
  return hashSecret(JSON.stringify(["passkey", device, challenge, account?.id ?? null]));
}

/** The challenge that the authenticator says it has signed; empty: none. */
function challengeOf(clientDataJSON: string): string {
  try {
    const text = new TextDecoder().decode(Uint8Array.fromBase64(clientDataJSON, { alphabet: "base64url" }));
    const challenge: unknown = JSON.parse(text).challenge;
    return typeof challenge === "string" ? challenge : "";
  } catch {
    return "";
  }
}
