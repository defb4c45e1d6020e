import type { MailStop, MailWishes } from "@tafelrunde/protocol/http";
import { type Answer, post } from "./request.ts";

export type { MailStop, MailWishes };

/** What the reader whom a mail's secret stands for wants; with `stop`, it is noted. */
export function mailWishes(secret: string, stop?: MailStop): Promise<Answer<MailWishes>> {
  return post("/v1/mails/wishes", { secret, ...(stop === undefined ? {} : { stop }) });
}
