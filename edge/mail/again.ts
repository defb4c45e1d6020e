import type { Refusal } from "@tafelrunde/protocol";
import { ProblemError } from "../http/problem.ts";
import type { Limits } from "../limits.ts";
import type { Db } from "../store/schema.ts";
import type { Letter } from "./letter.ts";
import { readerKey } from "./reader.ts";

/** 429 for who has sent as many mails as they may for now. */
export function mailTooFrequent({ retryAfterMs = 1_000 }: Refusal): ProblemError {
  return new ProblemError(429, "mail.tooFrequent", "The limit of mails is reached. Try again later.", {
    headers: { "retry-after": String(Math.ceil(retryAfterMs / 1000)) },
  });
}

/**
 * Counts a mail about an account that somebody asks for: not the same again within minutes, and few to one reader, whoever asks. `subject`: the
 * account. `db`: a transaction, if there is one.
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
