import { isRefusal, type TenantId } from "@tafelrunde/protocol";
import { refusalError } from "../errors.ts";
import { type Guess, rememberDevice, takeGuess } from "../guesses.ts";
import type { AddressKey } from "../network_address.ts";
import type { IdentityContext } from "../context.ts";

/** A person who signs in to the account with `email`, which might not exist. */
export interface SigningIn {
  readonly tenantId: TenantId;
  readonly email: string;
  readonly address: AddressKey;
  /** The secret of the device cookie; undefined: there is none. */
  readonly device: string | undefined;
}

/** Takes the points of one attempt to sign in with a password. Throws 429 after too many wrong ones. */
export async function takeSignInGuess(
  context: Pick<IdentityContext, "db" | "limits" | "keyedHash" | "now">,
  signingIn: SigningIn,
): Promise<Guess> {
  const guess = await takeGuess(context, { kind: "signIn", ...signingIn, subject: subjectOf(signingIn) });
  if (isRefusal(guess)) throw refusalError(guess);
  return guess;
}

/** Gives a browser that has signed in its own attempts at the account's password. */
export async function rememberSignedIn(
  context: Pick<IdentityContext, "db" | "keyedHash" | "now">,
  signedIn: Pick<SigningIn, "tenantId" | "email" | "device">,
): Promise<void> {
  await rememberDevice(context, { kind: "signIn", device: signedIn.device, subject: subjectOf(signedIn) });
}

function subjectOf({ tenantId, email }: Pick<SigningIn, "tenantId" | "email">): string[] {
  return [tenantId, email];
}
