import * as v from "valibot";
import { insertMail } from "../store/mail.ts";
import type { Db } from "../store/schema.ts";
import type { Language } from "./language.ts";
import { type Letter, writeLetter } from "./letter.ts";
import { pageHtml, pageText } from "./page.ts";

const Mailbox = v.object({ name: v.string(), address: v.string() });

/** A calendar that a mail carries. Source of the methods: RFC 5546 §1.4. */
const CalendarPart = v.object({ method: v.picklist(["REQUEST", "CANCEL"]), text: v.string() });
export type CalendarPart = v.InferOutput<typeof CalendarPart>;

/** A mail to somebody. */
export interface Mail {
  readonly to: { readonly name: string; readonly address: string };
  readonly language: Language;
  readonly letter: Letter;
  /** Who answers it; none: nobody does. */
  readonly replyTo?: { readonly name: string; readonly address: string } | undefined;
  /** An iCalendar part, and its METHOD. */
  readonly calendar?: CalendarPart | undefined;
}

/** A mail in words, as it waits in the database. */
export const WrittenMail = v.object({
  kind: v.string(),
  to: Mailbox,
  replyTo: v.optional(Mailbox),
  subject: v.string(),
  text: v.string(),
  html: v.string(),
  calendar: v.optional(CalendarPart),
});
export type WrittenMail = v.InferOutput<typeof WrittenMail>;

/**
 * Lets `mail` wait for a sender; with a transaction, it is sent if and when that commits. Ask `sendsMail(config)` before promising anybody a
 * mail: without SMTP_URL nobody sends it. `now`: ms.
 */
export async function queueMail(
  db: Db,
  { to, language, letter, replyTo, calendar }: Mail,
  now: number,
): Promise<void> {
  const page = writeLetter(letter, language);
  const written: WrittenMail = {
    kind: letter.kind,
    to: { name: oneLine(to.name), address: to.address },
    ...replyTo && { replyTo: { name: oneLine(replyTo.name), address: replyTo.address } },
    subject: oneLine(page.subject),
    text: pageText(page),
    html: await pageHtml(page, language),
    ...calendar && { calendar },
  };
  await insertMail(db, written, now);
}

/** What becomes part of a header has no line break, or it could end that header and begin another. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").trim();
}
