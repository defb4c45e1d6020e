import type { AccountId } from "@tafelrunde/protocol";
import { newRowId } from "@tafelrunde/protocol";
import { replaceRecoveryCodes } from "../store/recovery_code.ts";
import type { Db } from "../store/schema.ts";
import { hashSecret } from "./secret.ts";

/** Recovery codes per account. */
const CODES = 10;

/**
 * Creates recovery codes for the account, "k7wq-3fzp-axmd-nn2c" (80 random bits), and invalidates earlier
 * ones.
 */
export async function makeRecoveryCodes(db: Db, accountId: AccountId): Promise<string[]> {
  const codes = Array.from({ length: CODES }, () => newRowId().replaceAll(/.{4}(?=.)/g, "$&-"));
  await replaceRecoveryCodes(db, accountId, codes.map(hashRecoveryCode));
  return codes;
}

/** The stored form of a code, however it was typed: case, spaces and hyphens do not matter. */
export function hashRecoveryCode(code: string): string {
  return hashSecret(code.toLowerCase().replaceAll(/[^a-z2-7]/g, ""));
}
