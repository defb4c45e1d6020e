import type { AccountId } from "@tafelrunde/protocol";
import { listIdentities, type ProviderIdentity } from "./identity.ts";
import { listPasskeys, type Passkey } from "./passkey.ts";
import { findPasswordChange } from "./password.ts";
import { countRecoveryCodes } from "./recovery_code.ts";
import type { Db } from "./schema.ts";

/** All methods by which an account can sign in. Instants are ms. */
export interface SignInMethods {
  /** Undefined: no password. */
  readonly passwordChangedAt: number | undefined;
  readonly passkeys: readonly Passkey[];
  readonly recoveryCodesLeft: number;
  readonly identities: readonly (ProviderIdentity & { readonly createdAt: number })[];
}

export async function listSignInMethods(db: Db, accountId: AccountId): Promise<SignInMethods> {
  const [passwordChangedAt, passkeys, recoveryCodesLeft, identities] = await Promise.all([
    findPasswordChange(db, accountId),
    listPasskeys(db, accountId),
    countRecoveryCodes(db, accountId),
    listIdentities(db, accountId),
  ]);
  return { passwordChangedAt, passkeys, recoveryCodesLeft, identities };
}
