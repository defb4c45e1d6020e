import type { EdgeContext } from "../context.ts";
import type { LimitName } from "../limit_table.ts";
import { readMailStop } from "../store/mail_stop.ts";
import type { WrittenMail } from "./mail.ts";
import { hashReader, readerKey } from "./reader.ts";

/** Kinds of mail that cancel something. */
const OFF: ReadonlySet<string> = new Set(["meeting.cancelled", "meeting.withdrawn"]);

/** Whether a mail is sent now. */
export type Passage =
  /** It is; if sending fails, its points are given back. */
  | { readonly kind: "go"; giveBack(): Promise<void> }
  /** The recipient's limit is reached for now. */
  | { readonly kind: "later"; readonly waitMs: number }
  /** The recipient has no account and has stopped these mails. */
  | { readonly kind: "stopped" };

/**
 * Checks a mail's recipient, just before sending, over all senders and edges. Mails about accounts are not
 * limited here, but where they are requested.
 */
export async function askForReader(
  context: Pick<EdgeContext, "db" | "limits" | "keyedHash">,
  mail: WrittenMail,
): Promise<Passage> {
  const { db, limits, keyedHash } = context;
  const { stop, thread } = mail;
  if (stop !== undefined) {
    const readerHash = hashReader(keyedHash, mail.to.address);
    if (await readMailStop(db, readerHash, stop.tenantId) !== "none") return { kind: "stopped" };
  }
  const reader = readerKey(mail.to.address);
  const taken: [LimitName, string][] = [];
  const giveBack = async () => {
    for (const [name, key] of taken.splice(0)) await limits.giveBack(name, key);
  };
  try {
    for (const [name, key] of thread === undefined ? [] : pointsOf(mail.kind, thread, reader)) {
      const { refusal, resetMs } = await limits.draw(name, key);
      taken.push([name, key]);
      if (refusal === undefined) continue;
      await giveBack();
      return { kind: "later", waitMs: resetMs };
    }
  } catch (error) {
    await giveBack().catch(() => {});
    throw error;
  }
  return { kind: "go", giveBack };
}

function pointsOf(
  kind: string,
  { about, sender, isStranger }: NonNullable<WrittenMail["thread"]>,
  reader: string,
): readonly (readonly [LimitName, string])[] {
  const same = ["mail.same", `${kind} ${about} ${reader}`] as const;
  // Cancellations are always sent promptly; there are no more of these than invitations.
  if (OFF.has(kind)) return [same];
  return [
    same,
    [isStranger ? "mail.strangerPair" : "mail.pair", `${sender} ${reader}`],
    [isStranger ? "mail.stranger" : "mail.reader", reader],
  ];
}
