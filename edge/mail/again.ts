import type { Refusal } from "@tafelrunde/protocol";
import { ProblemError } from "../http/problem.ts";
import type { Limits } from "../limits.ts";
import type { Db } from "../store/schema.ts";
import type { Letter } from "./letter.ts";
import { readerKey } from "./reader.ts";

/** 429 for a sender who has reached the limit of mails. */
export function mailTooFrequent({ retryAfterMs = 1_000 }: Refusal): ProblemError {
  return new ProblemError(429, "mail.tooFrequent", "The limit of mails is reached. Try again later.", {
    headers: { "retry-after": String(Math.ceil(retryAfterMs / 1000)) },
  });
}

/**
 * Counts a requested mail about an account: the same mail not again within minutes, and few to one recipient,
 * whoever requests them. `subject`: the account. `db`: a transaction, if there is one.
 */
export async function countAccountMail(
  db: Db,
  limits: Limits,
  kind: Extract<Letter["kind"], "account.invited" | "email.confirm">,
  subject: string,
  address: string,
): Promise<Refusal | undefined> {
  const reader = readerKey(address);
  const again = await limits.takeIn(db, "mail.again", `${kind} ${subject} ${reader}`, 1);
  return again ?? await limits.takeIn(db, "mail.account", reader, 1);
}
