import {
  type AccountId,
  highestRole,
  type InvitationId,
  type MeetingId,
  type RoomId,
} from "@tafelrunde/protocol";
import type { InvitationAnswer, LinkRole } from "@tafelrunde/protocol/http";
import type { Selectable } from "kysely";
import { deleteMember, findMember, setMember } from "./member.ts";
import type { Db, Schema } from "./schema.ts";

/** An invitation to a meeting. Instants are ms. */
export interface Invitation {
  readonly id: InvitationId;
  readonly meetingId: MeetingId;
  /** Null: a person without an account, who has `email`. */
  readonly accountId: AccountId | null;
  /** Address for mails; null: the account has none. */
  readonly email: string | null;
  readonly name: string;
  /** Null: the role comes from whether they sign in. */
  readonly role: LinkRole | null;
  /** Language of mails; null: unknown. */
  readonly language: string | null;
  /** The secret in its mails, sealed for `invitation {id}`. */
  readonly sealedSecret: string;
  readonly answer: InvitationAnswer;
  readonly answeredAt: number | null;
  readonly createdAt: number;
}

/** A new invitation. `secretHash`: SHA-256 (hex) of the secret in its mails. */
export interface NewInvitation {
  readonly id: InvitationId;
  readonly meetingId: MeetingId;
  readonly accountId: AccountId | null;
  /** Address of a person without an account. */
  readonly email: string | null;
  readonly name: string;
  readonly role: LinkRole | null;
  readonly language: string | null;
  readonly secretHash: string;
  readonly sealedSecret: string;
}

/** Stores a new invitation. */
export async function insertInvitation(db: Db, invitation: NewInvitation, now: number): Promise<void> {
  await db.insertInto("invitation").values({
    id: invitation.id,
    meeting_id: invitation.meetingId,
    account_id: invitation.accountId,
    email: invitation.email,
    name: invitation.name,
    role: invitation.role,
    language: invitation.language,
    secret_hash: invitation.secretHash,
    secret_sealed: invitation.sealedSecret,
    created_at: new Date(now),
  }).execute();
}

/** Invitations, with the names and addresses of invited accounts. */
function invitations(db: Db) {
  return db.selectFrom("invitation as i").leftJoin("account as a", "a.id", "i.account_id")
    .selectAll("i").select([
      "a.name as account_name",
      "a.email as account_email",
      "a.language as account_language",
    ]);
}

export async function findInvitation(
  db: Db,
  meetingId: MeetingId,
  id: InvitationId,
): Promise<Invitation | undefined> {
  const row = await invitations(db).where("i.id", "=", id).where("i.meeting_id", "=", meetingId)
    .executeTakeFirst();
  return row && invitationOf(row);
}

/** The invitation to a meeting of an account or an address. */
export async function findInvitationOf(
  db: Db,
  meetingId: MeetingId,
  who: { readonly accountId: AccountId } | { readonly email: string },
): Promise<Invitation | undefined> {
  const row = await invitations(db).where("i.meeting_id", "=", meetingId)
    .$if(
      "accountId" in who,
      (query) => query.where("i.account_id", "=", "accountId" in who ? who.accountId : null),
    )
    .$if("email" in who, (query) => query.where("i.email", "=", "email" in who ? who.email : null))
    .executeTakeFirst();
  return row && invitationOf(row);
}

/** The invitation with this secret (SHA-256, hex). */
export async function findInvitationBySecret(db: Db, secretHash: string): Promise<Invitation | undefined> {
  const row = await invitations(db).where("i.secret_hash", "=", secretHash).executeTakeFirst();
  return row && invitationOf(row);
}

/** Up to `count` invitations to a meeting after a position, by time of creation. */
export async function listInvitations(
  db: Db,
  meetingId: MeetingId,
  after: { readonly at: number; readonly id: InvitationId } | undefined,
  count: number,
): Promise<Invitation[]> {
  const rows = await invitations(db).where("i.meeting_id", "=", meetingId)
    .$if(
      after !== undefined,
      (query) =>
        query.where((eb) =>
          eb(eb.refTuple("i.created_at", "i.id"), ">", eb.tuple(new Date(after!.at), after!.id as string))
        ),
    )
    .orderBy("i.created_at").orderBy("i.id").limit(count).execute();
  return rows.map(invitationOf);
}

/** The accounts invited to a meeting; at most MAX_INVITED. */
export async function readInvitedAccounts(db: Db, meetingId: MeetingId): Promise<AccountId[]> {
  const rows = await db.selectFrom("invitation").select("account_id").where("meeting_id", "=", meetingId)
    .where("account_id", "is not", null).execute();
  return rows.map(({ account_id }) => account_id as AccountId);
}

export async function countInvitations(db: Db, meetingId: MeetingId): Promise<number> {
  const { count } = await db.selectFrom("invitation").select((eb) => eb.fn.countAll<string>().as("count"))
    .where("meeting_id", "=", meetingId).executeTakeFirstOrThrow();
  return Number(count);
}

/** Number of people invited, and of those without an account. */
export async function countMailed(
  db: Db,
  meetingId: MeetingId,
): Promise<{ readonly all: number; readonly strangers: number }> {
  const { all, strangers } = await db.selectFrom("invitation")
    .select((eb) => [
      eb.fn.countAll<string>().as("all"),
      eb.fn.countAll<string>().filterWhere("account_id", "is", null).as("strangers"),
    ])
    .where("meeting_id", "=", meetingId).executeTakeFirstOrThrow();
  return { all: Number(all), strangers: Number(strangers) };
}

/** Changes the role that an invitation gives, also by its link. */
export async function setInvitationRole(db: Db, id: InvitationId, role: LinkRole | null): Promise<void> {
  await db.updateTable("invitation").set({ role }).where("id", "=", id).execute();
  await db.updateTable("room_link").set({ role }).where("invitation_id", "=", id).execute();
}

/** Replaces an invitation's secret; the old one becomes invalid. */
export async function setInvitationSecret(
  db: Db,
  id: InvitationId,
  { secretHash, sealedSecret }: Pick<NewInvitation, "secretHash" | "sealedSecret">,
): Promise<void> {
  await db.updateTable("invitation").set({ secret_hash: secretHash, secret_sealed: sealedSecret })
    .where("id", "=", id).execute();
  await db.updateTable("room_link").set({ hash: secretHash }).where("invitation_id", "=", id).execute();
}

/** Resets all answers, because the meeting has changed too much for them. */
export async function clearAnswers(db: Db, meetingId: MeetingId): Promise<void> {
  await db.updateTable("invitation").set({ answer: "none", answered_at: null }).where(
    "meeting_id",
    "=",
    meetingId,
  )
    .execute();
}

export async function setAnswer(
  db: Db,
  id: InvitationId,
  answer: InvitationAnswer,
  now: number,
): Promise<void> {
  await db.updateTable("invitation").set({ answer, answered_at: new Date(now) }).where("id", "=", id)
    .execute();
}

/** The role of an account in a room from its invitations to meetings there; undefined: none. */
export async function findInvitedRole(
  db: Db,
  roomId: RoomId,
  accountId: AccountId,
): Promise<LinkRole | undefined> {
  const rows = await db.selectFrom("invitation as i").innerJoin("meeting as m", "m.id", "i.meeting_id")
    .select("i.role").where("i.account_id", "=", accountId).where("m.room_id", "=", roomId).execute();
  return highestRole(rows.flatMap(({ role }) => role as LinkRole | null ?? [])) as LinkRole | undefined;
}

/**
 * Updates the account's membership in a room to its invitations. `before`: the role they gave before; a role
 * that was set by hand stays.
 */
export async function writeInvitedRole(
  db: Db,
  roomId: RoomId,
  accountId: AccountId,
  before: LinkRole | undefined,
): Promise<void> {
  if (await findMember(db, roomId, accountId) !== before) return;
  const role = await findInvitedRole(db, roomId, accountId);
  if (role === undefined) await deleteMember(db, roomId, accountId);
  else await setMember(db, roomId, accountId, role);
}

export async function deleteInvitation(db: Db, id: InvitationId): Promise<void> {
  await db.deleteFrom("invitation").where("id", "=", id).execute();
}

type Row = Selectable<Schema["invitation"]> & {
  account_name: string | null;
  account_email: string | null;
  account_language: string | null;
};

function invitationOf(row: Row): Invitation {
  return {
    id: row.id as InvitationId,
    meetingId: row.meeting_id as MeetingId,
    accountId: row.account_id as AccountId | null,
    email: row.account_id === null ? row.email : row.account_email,
    name: row.account_name ?? row.name,
    role: row.role as LinkRole | null,
    language: row.account_language ?? row.language,
    sealedSecret: row.secret_sealed,
    answer: row.answer as InvitationAnswer,
    answeredAt: row.answered_at?.getTime() ?? null,
    createdAt: row.created_at.getTime(),
  };
}
