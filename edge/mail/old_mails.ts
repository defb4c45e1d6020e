import * as v from "valibot";
import type { EdgeContext } from "../context.ts";
import { takeOldMails } from "../store/mail.ts";
import { inTransaction } from "../store/transaction.ts";
import { addMail, WrittenMail } from "./mail.ts";

/**
 * Moves mails that an edge of an older release has queued to the outbox, with their ids: that edge may be
 * gone before it sends them. Returns how many, at most `most`. Unreadable ones are dropped.
 */
export function moveOldMails({ db, now }: Pick<EdgeContext, "db" | "now">, most: number): Promise<number> {
  return inTransaction(db, async (trx) => {
    const mails = await takeOldMails(trx, most, now());
    for (const { id, body, queuedAt } of mails) {
      const { success, output: mail } = v.safeParse(WrittenMail, body);
      if (success) await addMail(trx, mail.stop?.tenantId ?? "", mail, now(), { id, addedAt: queuedAt });
    }
    return mails.length;
  });
}
