import type { TenantId } from "@tafelrunde/protocol";
import * as v from "valibot";
import { insertMail } from "../store/mail.ts";
import type { Db } from "../store/schema.ts";
import type { Language } from "./language.ts";
import { type Letter, writeLetter } from "./letter.ts";
import { type Page, pageHtml, pageText } from "./page.ts";

const Mailbox = v.object({ name: v.string(), address: v.string() });

/** A calendar that a mail carries. Source of the methods: RFC 5546 §1.4. */
const CalendarPart = v.object({ method: v.picklist(["REQUEST", "CANCEL"]), text: v.string() });
export type CalendarPart = v.InferOutput<typeof CalendarPart>;

/** One of several mails about the same to the same reader. */
const Thread = v.object({
  /** What they are about, as text that stands for nothing else. */
  about: v.string(),
  /** The account that they come from. */
  sender: v.string(),
  /** The reader has no account. */
  isStranger: v.boolean(),
});

/** How a reader without an account says no: the page for them, and the address that programs ask (RFC 8058). */
const Stop = v.object({
  tenantId: v.custom<TenantId>((id) => typeof id === "string"),
  pageUrl: v.string(),
  oneClickUrl: v.string(),
});

/** A mail to somebody. */
export interface Mail {
  readonly to: { readonly name: string; readonly address: string };
  readonly language: Language;
  readonly letter: Letter;
  /** Who answers it; none: nobody does. */
  readonly replyTo?: { readonly name: string; readonly address: string } | undefined;
  /** An iCalendar part, and its METHOD. */
  readonly calendar?: CalendarPart | undefined;
  /** None: it stands for itself, and is sent in any case. */
  readonly thread?: v.InferOutput<typeof Thread> | undefined;
  /** None: the reader has an account. */
  readonly stop?: v.InferOutput<typeof Stop> | undefined;
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
  thread: v.optional(Thread),
  stop: v.optional(Stop),
});
export type WrittenMail = v.InferOutput<typeof WrittenMail>;

/**
 * Lets `mail` wait for a sender; with a transaction, it is sent if and when that commits. Ask `sendsMail(config)` before promising anybody a
 * mail: without SMTP_URL nobody sends it. `now`: ms.
 */
export async function queueMail(
  db: Db,
  { to, language, letter, replyTo, calendar, thread, stop }: Mail,
  now: number,
): Promise<void> {
  const written = writeLetter(letter, language);
  const page = stop === undefined ? written : withStop(written, stop.pageUrl, language);
  const mail: WrittenMail = {
    kind: letter.kind,
    to: { name: oneLine(to.name), address: to.address },
    ...replyTo && { replyTo: { name: oneLine(replyTo.name), address: replyTo.address } },
    subject: oneLine(page.subject),
    text: pageText(page),
    html: await pageHtml(page, language),
    ...calendar && { calendar },
    ...thread && { thread },
    ...stop && { stop },
  };
  const about = thread === undefined ? null : `${thread.about} ${to.address}`;
  await insertMail(db, mail, about, now);
}

/** Who has no account learns where to say no. */
function withStop(page: Page, url: string, language: Language): Page {
  const words = {
    de: `Keine Nachrichten dieser Art mehr an diese Adresse: ${url}`,
    en: `No more messages like this to this address: ${url}`,
  };
  return { ...page, closing: [...page.closing, words[language]] };
}

/** What becomes part of a header has no line break, or it could end that header and begin another. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").trim();
}
