import type { KeyedHash } from "../keyed_hash.ts";
import type { LimitName } from "../limit_table.ts";
import type { Limits } from "../limits.ts";
import { readMailStop } from "../store/mail_stop.ts";
import type { Db } from "../store/schema.ts";
import type { WrittenMail } from "./mail.ts";
import { hashReader, readerKey } from "./reader.ts";

/** What asking for readers needs of the edge. */
export interface ReadersContext {
  readonly db: Db;
  readonly limits: Limits;
  readonly keyedHash: KeyedHash;
}

/** Kinds of mail that call something off. */
const OFF: ReadonlySet<string> = new Set(["meeting.cancelled", "meeting.withdrawn"]);

/** Whether a mail goes out now. */
export type Passage =
  /** It does; if it was not sent after all, its points are to be given back. */
  | { readonly kind: "go"; giveBack(): Promise<void> }
  /** The reader has had enough for now. */
  | { readonly kind: "later"; readonly waitMs: number }
  /** The reader has no account and wants none of these. */
  | { readonly kind: "stopped" };

/**
 * Asks for a mail's reader, just before it is sent: whatever made it, over all senders and edges. Mails about accounts are not held back here: they
 * are limited where somebody asks for them.
 */
export async function askForReader(context: ReadersContext, mail: WrittenMail): Promise<Passage> {
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
  // Who was told of a meeting hears in time that it is off; there are no more of these than invitations.
  if (OFF.has(kind)) return [same];
  return [
    same,
    [isStranger ? "mail.strangerPair" : "mail.pair", `${sender} ${reader}`],
    [isStranger ? "mail.stranger" : "mail.reader", reader],
  ];
}
