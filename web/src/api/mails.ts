import type { MailStop, MailWishes } from "@tafelrunde/protocol/http";
import { type Answer, post } from "./request.ts";

export type { MailStop, MailWishes };

/** The mail settings of the reader that a mail's secret stands for; with `stop`, stores that. */
export function mailWishes(secret: string, stop?: MailStop): Promise<Answer<MailWishes>> {
  return post("/v1/mails/wishes", { secret, ...(stop === undefined ? {} : { stop }) });
}
