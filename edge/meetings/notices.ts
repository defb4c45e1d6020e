import { type AccountId, type LinkSecret, randomToken } from "@tafelrunde/protocol";
import { type Config, sendsMail } from "../config.ts";
import { hashSecret } from "../identity/secret.ts";
import type { KeyedHash } from "../keyed_hash.ts";
import type { Limits } from "../limits.ts";
import { mailTooFrequent } from "../mail/again.ts";
import { languageOf } from "../mail/language.ts";
import type { MeetingLetter } from "../mail/letter.ts";
import { queueMail } from "../mail/mail.ts";
import { makeMailStop } from "../mail/reader.ts";
import { tenantOrigin } from "../public_origin.ts";
import type { Sealer } from "../seal.ts";
import { type Account, findAccount } from "../store/account.ts";
import { countMailed, type Invitation, listInvitations, setInvitationSecret } from "../store/invitation.ts";
import { type Meeting, readExceptions } from "../store/meeting.ts";
import type { Db } from "../store/schema.ts";
import { getTenant } from "../store/tenant.ts";
import { type CalendarEntry, calendarWriter, MAX_CALENDAR_BYTES, writeCalendar } from "./calendar.ts";
import { type Exception, type Happening, happeningsBetween, plainFrequency } from "./series.ts";

/** What meetings need of the edge. */
export interface MeetingContext {
  readonly db: Db;
  readonly now: () => number;
  readonly sealer: Sealer;
  readonly config: Config;
  readonly limits: Limits;
  readonly keyedHash: KeyedHash;
}

/** What there is to tell. `happening`: the one occurrence that it is about, and where that was before. */
export interface Notice {
  readonly kind: MeetingLetter["kind"];
  readonly changed?: { readonly wasAt: number; readonly is: Happening | null };
  /** When the last occurrence of a series begins that ends earlier now, ms. */
  readonly lastAt?: number;
}

/** How many further dates a mail names, and how far ahead they are looked for, ms. */
const LATER_DATES = 3;
const LATER_MS = 400 * 86_400_000;

/** Invitations read at a time. */
const BATCH = 100;

/** Most bytes of the calendars that one change is told with, all its mails together, about; and of each, where there are many. */
const CALENDARS_BYTES = 16 * 1024 * 1024;
const LEAST_CALENDAR_BYTES = 16 * 1024;

/** The secret of an invitation to be: itself, as it is looked up, and as it is kept for the next mail. */
export async function makeInvitationSecret(
  sealer: Sealer,
  invitationId: string,
): Promise<{ secret: LinkSecret; secretHash: string; sealedSecret: string }> {
  const secret = randomToken() as LinkSecret;
  const sealedSecret = await sealer.seal(secret, sealContext(invitationId));
  return { secret, secretHash: hashSecret(secret), sealedSecret };
}

/** Tells everybody who is invited to the meeting, by mail if this installation sends any. Part of the transaction `trx`: told if that commits. */
export async function tellInvited(
  trx: Db,
  context: MeetingContext,
  meeting: Meeting,
  notice: Notice,
): Promise<void> {
  if (!sendsMail(context.config)) return;
  const count = await countMailed(trx, meeting.id);
  await countNotices(trx, context, meeting, notice, count);
  const tell = await makeTeller(trx, context, meeting, notice, count.all);
  let after: { at: number; id: Invitation["id"] } | undefined;
  for (;;) {
    const batch = await listInvitations(trx, meeting.id, after, BATCH);
    for (const invitation of batch) await tell(invitation);
    const last = batch.at(-1);
    if (last === undefined || batch.length < BATCH) return;
    after = { at: last.createdAt, id: last.id };
  }
}

/** Tells some of those who are invited. */
export async function tellSome(
  trx: Db,
  context: MeetingContext,
  meeting: Meeting,
  invitations: readonly Invitation[],
  notice: Notice,
): Promise<void> {
  if (!sendsMail(context.config) || invitations.length === 0) return;
  const mailed = invitations.filter(({ email }) => email !== null);
  const strangers = mailed.filter(({ accountId }) => accountId === null).length;
  await countNotices(trx, context, meeting, notice, { all: mailed.length, strangers });
  const tell = await makeTeller(trx, context, meeting, notice, mailed.length);
  for (const invitation of invitations) await tell(invitation);
}

/** The meeting as calendars have it, whoever reads them. */
export function calendarEntry(
  meeting: Omit<Meeting, "version"> & { readonly time: NonNullable<Meeting["time"]> },
  exceptions: readonly Exception[],
  organizer: CalendarEntry["organizer"],
): Omit<CalendarEntry, "url"> {
  const { id, sequence, title, description, time, cancelledAt, createdAt } = meeting;
  return {
    id,
    sequence,
    title,
    description,
    time,
    exceptions,
    isCancelled: cancelledAt !== null,
    createdAt,
    organizer,
  };
}

/** The meeting as a file to take into a calendar, for somebody who joins at `url`; null: it has no time. */
export async function calendarFile(
  { db, config, now }: Pick<MeetingContext, "db" | "config" | "now">,
  meeting: Omit<Meeting, "version">,
  url: string,
): Promise<string | null> {
  const { time } = meeting;
  if (time === null) return null;
  const owner = await getOwner(db, meeting.ownerId);
  const exceptions = await readExceptions(db, meeting.id);
  const entry = calendarEntry({ ...meeting, time }, exceptions, organizerOf(owner, config));
  return writeCalendar({ ...entry, url }, "PUBLISH", undefined, now());
}

/** Whom calendars name as the organizer: the meeting's owner, reached over the installation's address if they have none. */
export function organizerOf(
  owner: Pick<Account, "name" | "email">,
  { MAIL_FROM }: Config,
): CalendarEntry["organizer"] {
  const fallback = /<([^<>]+)>/.exec(MAIL_FROM)?.[1] ?? (MAIL_FROM || "noreply@invalid");
  return { name: owner.name, email: owner.email ?? fallback };
}

/** Where people of the meeting's tenant reach the product, for links in mails. */
export async function originOf(
  trx: Db,
  { config }: Pick<MeetingContext, "config">,
  meeting: Meeting,
): Promise<string> {
  return tenantOrigin(config, (await getTenant(trx, meeting.tenantId)).domain);
}

/**
 * Takes what mails cost the meeting's owner and tenant. Throws 429 `mail.tooFrequent`. That a meeting, or an invitation, is off is always told:
 * once for each time that it was told that there is one.
 */
async function countNotices(
  trx: Db,
  { limits }: MeetingContext,
  { ownerId, tenantId }: Meeting,
  { kind }: Notice,
  { all, strangers }: { readonly all: number; readonly strangers: number },
): Promise<void> {
  if (kind === "meeting.cancelled" || kind === "meeting.withdrawn") return;
  const taken = [
    ["mail.strangers", ownerId, strangers],
    ["mail.sent", ownerId, all],
    ["mail.ofTenant", tenantId, all],
  ] as const;
  for (const [name, key, points] of taken) {
    const refusal = points === 0 ? undefined : await limits.takeIn(trx, name, key, points);
    if (refusal !== undefined) throw mailTooFrequent(refusal);
  }
}

async function makeTeller(
  trx: Db,
  context: MeetingContext,
  meeting: Meeting,
  { kind, changed, lastAt }: Notice,
  readers: number,
) {
  const owner = await getOwner(trx, meeting.ownerId);
  const exceptions = await readExceptions(trx, meeting.id);
  const origin = await originOf(trx, context, meeting);
  const organizer = organizerOf(owner, context.config);
  const when = whenOf(meeting, exceptions);
  const isOff = kind === "meeting.cancelled" || kind === "meeting.withdrawn";
  const { time } = meeting;
  const method = isOff ? "CANCEL" : "REQUEST";
  const share = Math.floor(CALENDARS_BYTES / Math.max(readers, 1));
  const calendarFor = time && calendarWriter(
    calendarEntry({ ...meeting, time }, exceptions, organizer),
    method,
    context.now(),
    Math.min(MAX_CALENDAR_BYTES, Math.max(LEAST_CALENDAR_BYTES, share)),
  );
  return async (invitation: Invitation): Promise<void> => {
    const { email: address, name, answer } = invitation;
    if (address === null) return;
    const secret = await readSecret(trx, context, invitation);
    const room = `${origin}/r/${meeting.roomId}`;
    const joinUrl = invitation.accountId === null ? `${room}#${secret}` : room;
    const now = context.now();
    const isStranger = invitation.accountId === null;
    await queueMail(trx, {
      to: { name, address },
      language: languageOf(invitation.language ?? owner.language),
      thread: { about: `meeting ${meeting.id}`, sender: meeting.ownerId, isStranger },
      stop: isStranger ? makeMailStop(context.keyedHash, origin, address, meeting.tenantId) : undefined,
      replyTo: owner.email === null ? undefined : { name: owner.name, address: owner.email },
      letter: {
        kind,
        title: meeting.title,
        description: meeting.description,
        ownerName: owner.name,
        when,
        joinUrl,
        answerUrl: `${origin}/answer#${secret}`,
        changed,
        lastAt,
      },
      calendar: calendarFor === null
        ? undefined
        : { method, text: calendarFor(joinUrl, { name, email: address, answer }) },
    }, now);
  };
}

function whenOf(meeting: Meeting, exceptions: readonly Exception[]): MeetingLetter["when"] {
  const { time, listed } = meeting;
  if (time === null || listed.until === null) return null;
  const later = time.recurrence === null
    ? []
    : happeningsBetween(time, exceptions, listed.at + 1, listed.at + LATER_MS).filter(({ exception }) =>
      !exception?.isCancelled
    );
  return {
    startsAt: listed.at,
    endsAt: listed.until,
    timeZone: time.timeZone,
    frequency: plainFrequency(time),
    laterAt: later.slice(0, LATER_DATES).map(({ startsAt }) => startsAt),
  };
}

async function getOwner(trx: Db, id: AccountId): Promise<Account> {
  const owner = await findAccount(trx, id);
  if (owner === undefined) throw new Error("A meeting's owner is gone before the meeting.");
  return owner;
}

/** The invitation's secret. One that no key opens any more (the cluster key was replaced) gives way to a new one. */
async function readSecret(
  trx: Db,
  { sealer }: MeetingContext,
  { id, sealedSecret }: Invitation,
): Promise<string> {
  try {
    return await sealer.open(sealedSecret, sealContext(id));
  } catch {
    const made = await makeInvitationSecret(sealer, id);
    await setInvitationSecret(trx, id, made);
    return made.secret;
  }
}

function sealContext(invitationId: string): string {
  return `invitation ${invitationId}`;
}
