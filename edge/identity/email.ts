import { sendsMail } from "../config.ts";
import { ProblemError } from "../http/problem.ts";
import { languageOf } from "../mail/language.ts";
import { queueMail } from "../mail/mail.ts";
import { type Account, changeEmail, findAccountByEmail } from "../store/account.ts";
import { getTenant } from "../store/tenant.ts";
import { deleteTickets, useTicket } from "../store/ticket.ts";
import type { Desk } from "./desk.ts";
import { getTicket, makeLink, ticketUnknown } from "./ticket.ts";

/**
 * Writes to an address that an account is to have, with a link that shows it to be its person's. Throws 409 `mail.unavailable`, and
 * `person.emailTaken` where somebody of the tenant has it.
 */
export async function askForEmail(
  { db, config, now }: Desk,
  origin: string,
  { id: accountId, tenantId, name, language }: Account,
  email: string,
): Promise<void> {
  if (!sendsMail(config)) throw new ProblemError(409, "mail.unavailable", "No mail can be sent from here.");
  const holder = await findAccountByEmail(db, tenantId, email);
  if (holder !== undefined) throw emailTaken();
  const { name: tenantName } = await getTenant(db, tenantId);
  await db.transaction().execute(async (trx) => {
    const link = await makeLink(trx, origin, { purpose: "changeEmail", tenantId, accountId, email }, now());
    await queueMail(trx, {
      to: { name, address: email },
      language: languageOf(language),
      letter: { kind: "email.confirm", tenantName, ...link },
    }, now());
  });
}

/**
 * Gives an account the address that its person has shown to be theirs, and tells the address of before. Links that went there are good no more.
 * Gives the new one. Throws 404 `ticket.unknown`, 409 `person.emailTaken`.
 */
export async function confirmEmail(desk: Desk, secret: string): Promise<string> {
  const { db, now } = desk;
  const { ticket: { hash, email }, account } = await getTicket(desk, secret);
  if (account === undefined || !email) throw ticketUnknown();
  const { name: tenantName } = await getTenant(db, account.tenantId);
  await db.transaction().execute(async (trx) => {
    if (!await useTicket(trx, hash, "changeEmail", now())) throw ticketUnknown();
    if (!await changeEmail(trx, account, email, now())) throw emailTaken();
    await deleteTickets(trx, "resetPassword", account.id);
    if (account.email === null) return;
    await queueMail(trx, {
      to: { name: account.name, address: account.email },
      language: languageOf(account.language),
      letter: { kind: "email.changed", tenantName, email },
    }, now());
  });
  return email;
}

function emailTaken(): ProblemError {
  return new ProblemError(409, "person.emailTaken", "Somebody of this tenant has this address.", {
    fields: [{ in: "body", name: "email", reason: "taken" }],
  });
}
