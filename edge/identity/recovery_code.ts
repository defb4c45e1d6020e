import type { AccountId } from "@tafelrunde/protocol";
import { newRowId } from "@tafelrunde/protocol";
import { replaceRecoveryCodes } from "../store/recovery_code.ts";
import type { Db } from "../store/schema.ts";
import { hashSecret } from "./secret.ts";

/** How many recovery codes an account has. */
const CODES = 10;

/** New recovery codes for the account, "k7wq-3fzp-axmd-nn2c" (80 random bits); those before are good no more. */
export async function makeRecoveryCodes(db: Db, accountId: AccountId): Promise<string[]> {
  const codes = Array.from({ length: CODES }, () => newRowId().replaceAll(/.{4}(?=.)/g, "$&-"));
  await replaceRecoveryCodes(db, accountId, codes.map(hashRecoveryCode));
  return codes;
}

/** What is stored of a code, however it was typed: capitals, spaces and hyphens do not matter. */
export function hashRecoveryCode(code: string): string {
  return hashSecret(code.toLowerCase().replaceAll(/[^a-z2-7]/g, ""));
}
