import type { MeetingContext } from "../context.ts";
import { type AccountId, type LinkSecret, randomToken } from "@tafelrunde/protocol";
import { type Config, sendsMail } from "../config.ts";
import { hashSecret } from "../identity/secret.ts";
import { mailTooFrequent } from "../mail/again.ts";
import { languageOf } from "../mail/language.ts";
import type { MeetingMail } from "../mail/templates/template.ts";
import { queueMail } from "../mail/mail.ts";
import { makeMailStop } from "../mail/reader.ts";
import { tenantOrigin } from "../public_origin.ts";
import type { Sealer } from "../seal.ts";
import { type Account, findAccount } from "../store/account.ts";
import { countMailed, type Invitation, listInvitations, setInvitationSecret } from "../store/invitation.ts";
import { type Exception, type MeetingRecord, type Occurrence, readExceptions } from "../store/meeting.ts";
import type { Db } from "../store/schema.ts";
import { getTenant } from "../store/tenant.ts";
import { type CalendarEntry, calendarWriter, MAX_CALENDAR_BYTES, writeCalendar } from "./calendar.ts";
import { occurrencesBetween, plainFrequency } from "./series.ts";

/** What a mail is about. `changed`: the occurrence that has changed, and its previous start. */
export interface Notice {
  readonly kind: MeetingMail["kind"];
  readonly changed?: { readonly wasAt: number; readonly is: Occurrence | null };
  /** Start of the last occurrence of a series that now ends earlier, ms. */
  readonly lastAt?: number;
}

/** Most later dates listed in a mail, and how far ahead to look for them, ms. */
const LATER_DATES = 3;
const LATER_MS = 400 * 86_400_000;

/** Invitations read at a time. */
const BATCH = 100;

/**
 * Approximate limit of the calendars in all mails about one change together, bytes; and the least share of
 * each mail.
 */
const CALENDARS_BYTES = 16 * 1024 * 1024;
const LEAST_CALENDAR_BYTES = 16 * 1024;

/**
 * Creates the secret of a new invitation: the secret itself, its hash for look-up, and its sealed form for
 * later mails.
 */
export async function makeInvitationSecret(
  sealer: Sealer,
  invitationId: string,
): Promise<{ secret: LinkSecret; secretHash: string; sealedSecret: string }> {
  const secret = randomToken() as LinkSecret;
  const sealedSecret = await sealer.seal(secret, sealContext(invitationId));
  return { secret, secretHash: hashSecret(secret), sealedSecret };
}

/**
 * Notifies everyone who is invited to the meeting, by mail if this installation sends any. Part of the
 * transaction `trx`: sent if that commits.
 */
export async function notifyInvited(
  trx: Db,
  context: MeetingContext,
  meeting: MeetingRecord,
  notice: Notice,
): Promise<void> {
  if (!sendsMail(context.config)) return;
  const count = await countMailed(trx, meeting.id);
  await countNotices(trx, context, meeting, notice, count);
  const notify = await makeTeller(trx, context, meeting, notice, count.all);
  let after: { at: number; id: Invitation["id"] } | undefined;
  for (;;) {
    const batch = await listInvitations(trx, meeting.id, after, BATCH);
    for (const invitation of batch) await notify(invitation);
    const last = batch.at(-1);
    if (last === undefined || batch.length < BATCH) return;
    after = { at: last.createdAt, id: last.id };
  }
}

/** Notifies some of those who are invited. */
export async function notifySome(
  trx: Db,
  context: MeetingContext,
  meeting: MeetingRecord,
  invitations: readonly Invitation[],
  notice: Notice,
): Promise<void> {
  if (!sendsMail(context.config) || invitations.length === 0) return;
  const mailed = invitations.filter(({ email }) => email !== null);
  const strangers = mailed.filter(({ accountId }) => accountId === null).length;
  await countNotices(trx, context, meeting, notice, { all: mailed.length, strangers });
  const notify = await makeTeller(trx, context, meeting, notice, mailed.length);
  for (const invitation of invitations) await notify(invitation);
}

/** The meeting as a calendar entry for any reader. */
export function calendarEntry(
  meeting: Omit<MeetingRecord, "version"> & { readonly time: NonNullable<MeetingRecord["time"]> },
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

/** The meeting as a calendar file, for a reader who joins at `url`; null: it has no time. */
export async function calendarFile(
  { db, config, now }: Pick<MeetingContext, "db" | "config" | "now">,
  meeting: Omit<MeetingRecord, "version">,
  url: string,
): Promise<string | null> {
  const { time } = meeting;
  if (time === null) return null;
  const owner = await getOwner(db, meeting.ownerId);
  const exceptions = await readExceptions(db, meeting.id);
  const entry = calendarEntry({ ...meeting, time }, exceptions, organizerOf(owner, config));
  return writeCalendar({ ...entry, url }, "PUBLISH", undefined, now());
}

/** The organizer in calendars: the meeting's owner, with the installation's address if they have none. */
export function organizerOf(
  owner: Pick<Account, "name" | "email">,
  { MAIL_FROM }: Config,
): CalendarEntry["organizer"] {
  const fallback = /<([^<>]+)>/.exec(MAIL_FROM)?.[1] ?? (MAIL_FROM || "noreply@invalid");
  return { name: owner.name, email: owner.email ?? fallback };
}

/** The origin of the meeting's tenant, for links in mails. */
export async function originOf(
  trx: Db,
  { config }: Pick<MeetingContext, "config">,
  meeting: MeetingRecord,
): Promise<string> {
  return tenantOrigin(config, (await getTenant(trx, meeting.tenantId)).domain);
}

/**
 * Takes the points of mails from the meeting's owner and tenant. Throws 429 `mail.tooFrequent`. Cancellations
 * are always sent: there is at most one for each earlier mail.
 */
async function countNotices(
  trx: Db,
  { limits }: MeetingContext,
  { ownerId, tenantId }: MeetingRecord,
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
  meeting: MeetingRecord,
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
      tenantId: meeting.tenantId,
      to: { name, address },
      language: languageOf(invitation.language ?? owner.language),
      thread: { about: `meeting ${meeting.id}`, sender: meeting.ownerId, isStranger },
      stop: isStranger ? makeMailStop(context.keyedHash, origin, address, meeting.tenantId) : undefined,
      replyTo: owner.email === null ? undefined : { name: owner.name, address: owner.email },
      content: {
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

function whenOf(meeting: MeetingRecord, exceptions: readonly Exception[]): MeetingMail["when"] {
  const { time, listed } = meeting;
  if (time === null || listed.until === null) return null;
  const later = time.recurrence === null
    ? []
    : occurrencesBetween(time, exceptions, listed.at + 1, listed.at + LATER_MS).filter(({ exception }) =>
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

/**
 * The invitation's secret. If no key can open it anymore (the cluster key was replaced), a new one replaces
 * it.
 */
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
