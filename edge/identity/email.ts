import { sendsMail } from "../config.ts";
import { DomainError } from "../errors.ts";
import { countAccountMail, mailTooFrequent } from "../mail/again.ts";
import { languageOf } from "../mail/language.ts";
import { queueMail } from "../mail/mail.ts";
import { makeMailStop } from "../mail/reader.ts";
import {
  type Account,
  ACCOUNT_EMAIL,
  changeEmail,
  findAccountByEmail,
  lockAccount,
} from "../store/account.ts";
import { violates } from "../store/constraint.ts";
import { getTenant } from "../store/tenant.ts";
import { deleteOneTimeSecrets, spendOneTimeSecret } from "../store/one_time_secret.ts";
import { inTransaction } from "../store/transaction.ts";
import type { IdentityContext } from "../context.ts";
import { getOneTimeLink, makeLink, oneTimeLinkUnknown } from "./one_time_link.ts";
import { isOpenFor } from "./ways.ts";

/**
 * Sends a mail to an account's new address, with a link that confirms it. Throws 409 `mail.unavailable`, and
 * `person.emailTaken` if another account of the tenant has it.
 */
export async function askForEmail(
  { db, config, keyedHash, limits, now }: IdentityContext,
  origin: string,
  { id: accountId, tenantId, name, language }: Account,
  email: string,
): Promise<void> {
  if (!sendsMail(config)) throw new DomainError("mail.unavailable", { mail: "confirmation" });
  const holder = await findAccountByEmail(db, tenantId, email);
  if (holder !== undefined) throw emailTaken();
  const tooFrequent = await countAccountMail(db, limits, "email.confirm", accountId, email);
  if (tooFrequent !== undefined) throw mailTooFrequent(tooFrequent);
  const { name: tenantName } = await getTenant(db, tenantId);
  await inTransaction(db, async (trx) => {
    const link = await makeLink(trx, origin, { purpose: "changeEmail", tenantId, accountId, email }, now());
    await queueMail(trx, {
      tenantId,
      to: { name, address: email },
      language: languageOf(language),
      content: { kind: "email.confirm", tenantName, ...link },
      stop: makeMailStop(keyedHash, origin, email, tenantId),
    }, now());
  });
}

/**
 * Sets the account's confirmed new address and notifies the old one. Links sent to the old address become
 * invalid. Returns the new address. Throws 404 `oneTimeLink.unknown`, 409 `person.emailTaken`.
 */
export async function confirmEmail(context: IdentityContext, secret: string): Promise<string> {
  const { db, now } = context;
  const { link: { hash, email, tenantId }, account } = await getOneTimeLink(context, secret);
  if (account === undefined || !email) throw oneTimeLinkUnknown();
  const { name: tenantName } = await getTenant(db, tenantId);
  try {
    await inTransaction(db, async (trx) => {
      const before = await lockAccount(trx, account.id);
      if (before === undefined || !await isOpenFor(trx, "changeEmail", account.id, now())) {
        throw oneTimeLinkUnknown();
      }
      if (!await spendOneTimeSecret(trx, hash, "changeEmail", now())) throw oneTimeLinkUnknown();
      await changeEmail(trx, account.id, email, now());
      for (const purpose of ["resetPassword", "changeEmail"] as const) {
        await deleteOneTimeSecrets(trx, purpose, account.id);
      }
      if (before.email === null) return;
      await queueMail(trx, {
        tenantId,
        to: { name: before.name, address: before.email },
        language: languageOf(before.language),
        content: { kind: "email.changed", tenantName, email },
      }, now());
    });
  } catch (error) {
    throw violates(error, ACCOUNT_EMAIL) ? emailTaken() : error;
  }
  return email;
}

function emailTaken(): DomainError<"person.emailTaken"> {
  return new DomainError("person.emailTaken");
}
