import { tooFrequent } from "../http/limit.ts";
import type { AddressKey } from "../network_address.ts";
import { hashSecret } from "./secret.ts";
import type { Desk } from "./desk.ts";

/**
 * Counts a try to sign in to the account that `email` stands for (there may be none) from a network address. Throws 429 when there were too
 * many wrong ones. A try counts as wrong from its beginning, so that many at once get no further; call the result when it was right.
 */
export async function countGuess(
  { limits }: Pick<Desk, "limits">,
  email: string,
  address: AddressKey,
): Promise<() => Promise<void>> {
  const account = await hashSecret(email);
  const counted = [
    ["signIn.guess", `${account} ${address}`],
    ["signIn.address", address],
    ["signIn.account", account],
  ] as const;
  for (const [name, key] of counted) {
    const refusal = await limits.take(name, key);
    if (refusal !== undefined) throw tooFrequent(refusal);
  }
  return async () => {
    for (const [name, key] of counted) await limits.giveBack(name, key);
  };
}
