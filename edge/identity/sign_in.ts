import type { AccountInfo } from "@tafelrunde/protocol/http";
import type { Context } from "hono";
import { ensureDevice } from "../http/device_cookie.ts";
import { ProblemError } from "../http/problem.ts";
import type { Account } from "../store/account.ts";
import type { StoredSession } from "../store/session.ts";
import { getTenant } from "../store/tenant.ts";
import { inTransaction } from "../store/transaction.ts";
import { readMeetingCaller } from "./caller.ts";
import type { Desk } from "./desk.ts";
import { deviceLabel } from "./device_label.ts";
import { rememberSignedIn } from "./guessing.ts";
import { beginSession, type SignIn } from "./session.ts";
import { writeSessionCookie } from "./session_cookie.ts";

/** How long after signing in the sign-in methods can be changed, ms. */
const PROOF_MS = 10 * 60_000;

/**
 * Signs the browser in, replacing its previous session. It always gets a new secret, so that a secret planted
 * by an attacker is useless.
 */
export async function signIn(
  c: Context,
  desk: Desk,
  account: Account,
  how: Omit<SignIn, "device" | "former">,
): Promise<void> {
  const { db, config, now, signOuts } = desk;
  const caller = await readMeetingCaller(c);
  const former = caller.kind === "account" ? caller.session : undefined;
  const label = deviceLabel(c.req.header("user-agent"));
  const begin = { ...how, device: label, ...former && { former } };
  const secret = await inTransaction(db, (trx) => beginSession(trx, account, begin, now()));
  if (former !== undefined && former.account.id !== account.id) signOuts.tell([former.account.id]);
  writeSessionCookie(c, config, secret);
  const { tenantId, email } = account;
  if (email !== null) await rememberSignedIn(desk, { tenantId, email, device: ensureDevice(c, config) });
}

/**
 * Throws 403 `account.proofNeeded` unless the person has just signed in: the following action could lock out
 * the owner.
 */
export function requireProof({ provedAt }: Pick<StoredSession, "provedAt">, now: number): void {
  if (now - provedAt <= PROOF_MS) return;
  throw new ProblemError(403, "account.proofNeeded", "Sign in again, then repeat the request.");
}

/** The account as shown to its signed-in browser. */
export async function describeAccount(
  { db }: Pick<Desk, "db">,
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
