import type { AccountInfo } from "@tafelrunde/protocol/http";
import { DomainError } from "../errors.ts";
import type { Account } from "../store/account.ts";
import type { StoredSession } from "../store/session.ts";
import { getTenant } from "../store/tenant.ts";
import type { IdentityContext } from "../context.ts";

/** How long after signing in the sign-in methods can be changed, ms. */
const PROOF_MS = 10 * 60_000;

/**
 * Throws 403 `account.proofNeeded` unless the person has just signed in: the following action could lock out
 * the owner.
 */
export function requireProof({ provedAt }: Pick<StoredSession, "provedAt">, now: number): void {
  if (now - provedAt <= PROOF_MS) return;
  throw new DomainError("account.proofNeeded");
}

/** The account as shown to its signed-in browser. */
export async function describeAccount(
  { db }: Pick<IdentityContext, "db">,
  account: Account,
  { method, provedAt }: Pick<StoredSession, "method" | "provedAt">,
): Promise<AccountInfo> {
  const tenant = await getTenant(db, account.tenantId);
  return {
    id: account.id,
    tenant: { id: tenant.id, name: tenant.name },
    name: account.name,
    email: account.email,
    role: account.role,
    isOperator: account.isOperator,
    language: account.language,
    timeZone: account.timeZone,
    mailsAnswers: account.mailsAnswers,
    version: account.version,
    createdAt: new Date(account.createdAt).toISOString(),
    method,
    provedUntil: new Date(provedAt + PROOF_MS).toISOString(),
  };
}
