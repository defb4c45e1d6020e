import type { Context } from "hono";
import type { IdentityContext } from "../context.ts";
import { deviceLabel } from "../identity/device_label.ts";
import { rememberSignedIn } from "../identity/guessing.ts";
import { beginSession, type SignIn } from "../identity/session.ts";
import type { Account } from "../store/account.ts";
import { inTransaction } from "../store/transaction.ts";
import { readMeetingCaller } from "./caller.ts";
import { ensureDevice } from "./device_cookie.ts";
import { writeSessionCookie } from "./session_cookie.ts";

/**
 * Signs the browser in, replacing its previous session. It always gets a new secret, so that a secret planted
 * by an attacker is useless.
 */
export async function signIn(
  c: Context,
  context: IdentityContext,
  account: Account,
  how: Omit<SignIn, "device" | "former">,
): Promise<void> {
  const { db, config, now, signOuts } = context;
  const caller = await readMeetingCaller(c);
  const former = caller.kind === "account" ? caller.session : undefined;
  const label = deviceLabel(c.req.header("user-agent"));
  const begin = { ...how, device: label, ...former && { former } };
  const secret = await inTransaction(db, (trx) => beginSession(trx, account, begin, now()));
  if (former !== undefined && former.account.id !== account.id) signOuts.announce([former.account.id]);
  writeSessionCookie(c, config, secret);
  const { tenantId, email } = account;
  if (email !== null) await rememberSignedIn(context, { tenantId, email, device: ensureDevice(c, config) });
}
