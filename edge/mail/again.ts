import type { Refusal } from "@tafelrunde/protocol";
import { DomainError } from "../errors.ts";
import type { Limits } from "../limits.ts";
import type { Db } from "../store/schema.ts";
import type { MailContent } from "./templates/template.ts";
import { readerKey } from "./reader.ts";

/** The error for a sender who has reached the limit of mails. */
export function mailTooFrequent({ retryAfterMs = 1_000 }: Refusal): DomainError<"mail.tooFrequent"> {
  return new DomainError("mail.tooFrequent", { retryAfterMs });
}

/**
 * Counts a requested mail about an account: the same mail not again within minutes, and few to one recipient,
 * whoever requests them. `subject`: the account. `db`: a transaction, if there is one.
 */
export async function countAccountMail(
  db: Db,
  limits: Limits,
  kind: Extract<MailContent["kind"], "account.invited" | "email.confirm">,
  subject: string,
  address: string,
): Promise<Refusal | undefined> {
  const reader = readerKey(address);
  const again = await limits.takeIn(db, "mail.again", `${kind} ${subject} ${reader}`, 1);
  return again ?? await limits.takeIn(db, "mail.account", reader, 1);
}
