import type { TenantId } from "@tafelrunde/protocol";
import * as v from "valibot";
import { addToOutbox, type Origin } from "../store/outbox.ts";
import type { Db } from "../store/schema.ts";
import type { Language } from "@tafelrunde/protocol";
import { type MailContent, renderMail } from "./templates/template.ts";
import { type Page, pageHtml, pageText } from "./page.ts";

/** The name of mails in the outbox. */
export const MAIL = "mail";

const Mailbox = v.object({ name: v.string(), address: v.string() });

/** A calendar attached to a mail. Source of the methods: RFC 5546 §1.4. */
const CalendarPart = v.object({ method: v.picklist(["REQUEST", "CANCEL"]), text: v.string() });
export type CalendarPart = v.InferOutput<typeof CalendarPart>;

/** One of several mails about the same thing to the same recipient. */
const Thread = v.object({
  /** Key of what they are about. */
  about: v.string(),
  /** The account that they come from. */
  sender: v.string(),
  /** Whether the recipient has no account. */
  isStranger: v.boolean(),
});

/**
 * How a recipient without an account stops mails: a page for people, and a URL for mail programs (RFC 8058).
 */
const Stop = v.object({
  tenantId: v.custom<TenantId>((id) => typeof id === "string"),
  pageUrl: v.string(),
  oneClickUrl: v.string(),
});

/** A mail to a person. */
export interface Mail {
  /** The tenant that it comes from. */
  readonly tenantId: TenantId;
  readonly to: { readonly name: string; readonly address: string };
  readonly language: Language;
  readonly content: MailContent;
  /** Who receives replies; absent: nobody. */
  readonly replyTo?: { readonly name: string; readonly address: string } | undefined;
  /** An iCalendar part, and its METHOD. */
  readonly calendar?: CalendarPart | undefined;
  /** Absent: an independent mail, which is always sent. */
  readonly thread?: v.InferOutput<typeof Thread> | undefined;
  /** Absent: the recipient has an account. */
  readonly stop?: v.InferOutput<typeof Stop> | undefined;
}

/** A mail with its text, as it waits in the outbox. */
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
 * Queues `mail` for sending; in a transaction, it is sent if and when that commits. Check `sendsMail(config)`
 * before announcing a mail: without SMTP_URL it is never sent. `now`: ms.
 */
export async function queueMail(
  db: Db,
  { tenantId, to, language, content, replyTo, calendar, thread, stop }: Mail,
  now: number,
): Promise<void> {
  const written = renderMail(content, language);
  const page = stop === undefined ? written : withStop(written, stop.pageUrl, language);
  const mail: WrittenMail = {
    kind: content.kind,
    to: { name: oneLine(to.name), address: to.address },
    ...replyTo && { replyTo: { name: oneLine(replyTo.name), address: replyTo.address } },
    subject: oneLine(page.subject),
    text: pageText(page),
    html: await pageHtml(page, language),
    ...calendar && { calendar },
    ...thread && { thread },
    ...stop && { stop },
  };
  await addMail(db, tenantId, mail, now);
}

/**
 * Adds a written mail to the outbox. It replaces earlier ones about the same that are of the same kind,
 * announce a change, or were held, so that none of them is sent after it. `origin`: if it was queued before.
 */
export async function addMail(
  db: Db,
  share: string,
  mail: WrittenMail,
  now: number,
  origin?: Origin,
): Promise<void> {
  const { kind: variant, to, thread } = mail;
  const replaces = thread && {
    about: `${thread.about} ${to.address}`,
    variants: ["meeting.changed", "meeting.shortened", variant],
  };
  await addToOutbox(db, { kind: MAIL, variant, share, body: mail, replaces }, now, origin);
}

/** Adds the link for stopping mails, for recipients without an account. */
function withStop(page: Page, url: string, language: Language): Page {
  const words = {
    de: `Keine Nachrichten dieser Art mehr an diese Adresse: ${url}`,
    en: `No more messages like this to this address: ${url}`,
  };
  return { ...page, closing: [...page.closing, words[language]] };
}

/** Text in a header must not contain line breaks: they could end the header and start another. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").trim();
}
