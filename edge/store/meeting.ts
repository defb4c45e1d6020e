import type { AccountId, MeetingId, RoomId, TenantId } from "@tafelrunde/protocol";
import type { MeetingTime } from "@tafelrunde/protocol/http";
import { type Selectable, sql } from "kysely";
import type { Exception, Place } from "../meetings/series.ts";
import { lockAccount } from "./account.ts";
import type { Db, Schema } from "./schema.ts";

/** A meeting. Instants are ms. */
export interface Meeting {
  readonly id: MeetingId;
  readonly tenantId: TenantId;
  readonly roomId: RoomId;
  /** The room was made with the meeting and goes with it. */
  readonly hasOwnRoom: boolean;
  readonly ownerId: AccountId;
  readonly title: string;
  readonly description: string;
  /** Null: permanent. */
  readonly time: MeetingTime | null;
  /** Counts what its people have to hear of; iCalendar's SEQUENCE. */
  readonly sequence: number;
  readonly cancelledAt: number | null;
  readonly version: number;
  readonly createdAt: number;
  readonly listed: Listed;
}

/** Where lists have a meeting: the occurrence that is under way or comes next, or else was last. */
export interface Listed {
  /** Its start; of a permanent meeting: when that was made. */
  readonly at: number;
  /** Its end; null: the meeting is permanent. */
  readonly until: number | null;
  /** Its start by the rule; null: the meeting is permanent. */
  readonly original: string | null;
  /** When another occurrence takes its place; null: none will. */
  readonly advanceAt: number | null;
}

/** What of a meeting changes by itself or by its owner. */
export type MeetingChange = Partial<
  Pick<Meeting, "title" | "description" | "time" | "sequence" | "cancelledAt" | "listed">
>;

/** Where a meeting that is at `place` is listed; null: a permanent one, made at `createdAt`. */
export function listedAt(place: Place | null, createdAt: number): Listed {
  if (place === null) return { at: createdAt, until: null, original: null, advanceAt: null };
  const { happening: { startsAt, endsAt, original }, advanceAt } = place;
  return { at: startsAt, until: endsAt, original, advanceAt };
}

/** Stores a new meeting, in its owner's lists too. */
export async function insertMeeting(db: Db, meeting: Omit<Meeting, "version">): Promise<void> {
  await db.insertInto("meeting").values({
    id: meeting.id,
    tenant_id: meeting.tenantId,
    room_id: meeting.roomId,
    has_own_room: meeting.hasOwnRoom,
    owner_id: meeting.ownerId,
    title: meeting.title,
    description: meeting.description,
    ...timeColumns(meeting.time),
    ...listedColumns(meeting.listed),
    sequence: meeting.sequence,
    created_at: new Date(meeting.createdAt),
  }).execute();
  await insertAgenda(db, meeting.ownerId, meeting);
}

/** The meeting, if it is in the tenant. */
export async function findMeeting(
  db: Db,
  tenantId: TenantId,
  id: MeetingId,
): Promise<Meeting | undefined> {
  const row = await db.selectFrom("meeting").selectAll().where("id", "=", id).where(
    "tenant_id",
    "=",
    tenantId,
  )
    .executeTakeFirst();
  return row && meetingOf(row);
}

/** The same, locked: nobody else changes it until the transaction ends, nor deletes its room; with `withRoom` nobody uses that either. */
export async function lockMeeting(
  trx: Db,
  tenantId: TenantId,
  id: MeetingId,
  { withRoom }: { readonly withRoom: boolean },
): Promise<Meeting | undefined> {
  const room = trx.selectFrom("room").select("id").where(
    "id",
    "=",
    (eb) => eb.selectFrom("meeting").select("room_id").where("id", "=", id).where("tenant_id", "=", tenantId),
  );
  await (withRoom ? room.forUpdate() : room.forKeyShare()).execute();
  const row = await trx.selectFrom("meeting").selectAll().where("id", "=", id)
    .where("tenant_id", "=", tenantId).forUpdate().executeTakeFirst();
  return row && meetingOf(row);
}

/** Changes a meeting that is locked, and gives it as it is then. Its version counts up. */
export async function updateMeeting(db: Db, id: MeetingId, change: MeetingChange): Promise<Meeting> {
  const row = await db.updateTable("meeting").set((eb) => ({
    ...change.title !== undefined && { title: change.title },
    ...change.description !== undefined && { description: change.description },
    ...change.time !== undefined && timeColumns(change.time),
    ...change.sequence !== undefined && { sequence: change.sequence },
    ...change.cancelledAt !== undefined && {
      cancelled_at: change.cancelledAt === null ? null : new Date(change.cancelledAt),
    },
    version: eb("version", "+", 1),
  })).where("id", "=", id).returningAll().executeTakeFirstOrThrow();
  if (change.listed === undefined) return meetingOf(row);
  await writeListed(db, id, change.listed);
  return { ...meetingOf(row), listed: change.listed };
}

/**
 * Counts up the SEQUENCE of a meeting that is locked, for a change that only calendars are told of, and
 * returns it. The version stays.
 */
export async function raiseSequence(trx: Db, { id, sequence }: Meeting): Promise<number> {
  await trx.updateTable("meeting").set({ sequence: sequence + 1 }).where("id", "=", id).execute();
  return sequence + 1;
}

/** Puts a meeting elsewhere in all lists that it is in. That is no change of the meeting. */
export async function writeListed(db: Db, id: MeetingId, listed: Listed): Promise<void> {
  const columns = listedColumns(listed);
  await db.updateTable("meeting").set(columns).where("id", "=", id).execute();
  const { listed_at, listed_until } = columns;
  await db.updateTable("agenda").set({ listed_at, listed_until }).where("meeting_id", "=", id).execute();
}

/** The room of a meeting that goes is from now on that of another meeting there; false: there is none. */
export async function passRoomOn(trx: Db, { id, roomId }: Meeting): Promise<boolean> {
  const heir = await trx.selectFrom("meeting").select("id").where("room_id", "=", roomId).where(
    "id",
    "!=",
    id,
  )
    .orderBy("created_at").orderBy("id").limit(1).forUpdate().executeTakeFirst();
  if (heir === undefined) return false;
  await trx.updateTable("meeting").set({ has_own_room: true }).where("id", "=", heir.id).execute();
  return true;
}

/** Whether the room was made with a meeting, and goes with the last one there. */
export async function wasMadeForMeeting(db: Db, roomId: RoomId): Promise<boolean> {
  return await db.selectFrom("meeting").select("id").where("room_id", "=", roomId)
    .where("has_own_room", "=", true).limit(1).executeTakeFirst() !== undefined;
}

/** Deletes a meeting; with its room if it has one of its own. */
export async function deleteMeeting(db: Db, { id, roomId, hasOwnRoom }: Meeting): Promise<void> {
  await db.deleteFrom("meeting").where("id", "=", id).execute();
  if (hasOwnRoom) await db.deleteFrom("room").where("id", "=", roomId).execute();
}

/** Up to `count` meetings that were over before `before` (ms), locked, each with whether its room has been empty since then too. */
export async function lockOldMeetings(
  db: Db,
  before: number,
  count: number,
): Promise<{ meeting: Meeting; isRoomIdle: boolean }[]> {
  const at = new Date(before);
  const rows = await db.selectFrom("meeting as m").innerJoin("room as r", "r.id", "m.room_id")
    .selectAll("m").select("r.idle_since")
    .where("m.listed_until", "<", at).where("m.advance_at", "is", null)
    .orderBy("m.listed_until").limit(count).forUpdate("m").skipLocked().execute();
  return rows.map((row) => ({
    meeting: meetingOf(row),
    isRoomIdle: row.idle_since !== null && row.idle_since < at,
  }));
}

/** The meetings of an account, locked. */
export async function lockMeetingsOf(db: Db, ownerId: AccountId): Promise<Meeting[]> {
  const rows = await db.selectFrom("meeting").selectAll().where("owner_id", "=", ownerId).orderBy("id")
    .forUpdate().execute();
  return rows.map(meetingOf);
}

/** How many meetings an account owns; counts to `enough` and no further. Nobody else makes one for it until the transaction ends. */
export async function countMeetingsOf(trx: Db, ownerId: AccountId, enough: number): Promise<number> {
  await lockAccount(trx, ownerId);
  const { count } = await trx.selectFrom(
    trx.selectFrom("meeting").select("id").where("owner_id", "=", ownerId).limit(enough).as("some"),
  ).select((eb) => eb.fn.countAll<number | string>().as("count")).executeTakeFirstOrThrow();
  return Number(count);
}

/** The meetings in these rooms, locked. */
export async function lockMeetingsIn(db: Db, rooms: readonly RoomId[]): Promise<Meeting[]> {
  if (rooms.length === 0) return [];
  const rows = await db.selectFrom("meeting").selectAll().where("room_id", "=", sql<RoomId>`any(${rooms})`)
    .orderBy("id").forUpdate().execute();
  return rows.map(meetingOf);
}

/** Deletes ad-hoc meetings with their rooms, once those have been empty since before `before` (ms). */
export async function deleteIdleAdhocRooms(db: Db, before: number): Promise<void> {
  await db.deleteFrom("room").where("is_adhoc", "=", true).where("idle_since", "<", new Date(before))
    .execute();
}

/** Whose a room of the tenant is; null: nobody's, undefined: there is no such room. It stays until the transaction ends. */
export async function lockRoomOwner(
  trx: Db,
  tenantId: TenantId,
  roomId: RoomId,
): Promise<AccountId | null | undefined> {
  const row = await trx.selectFrom("room").select("owner_id").where("id", "=", roomId).where(
    "tenant_id",
    "=",
    tenantId,
  )
    .forKeyShare().executeTakeFirst();
  return row && row.owner_id as AccountId | null;
}

/** Puts a meeting into somebody's lists. */
export async function insertAgenda(
  db: Db,
  accountId: AccountId,
  { id, listed }: Pick<Meeting, "id" | "listed">,
) {
  const { listed_at, listed_until } = listedColumns(listed);
  await db.insertInto("agenda").values({ account_id: accountId, meeting_id: id, listed_at, listed_until })
    .onConflict((conflict) => conflict.doNothing()).execute();
}

/** Takes a meeting out of somebody's lists. */
export async function deleteAgenda(db: Db, accountId: AccountId, id: MeetingId): Promise<void> {
  await db.deleteFrom("agenda").where("account_id", "=", accountId).where("meeting_id", "=", id).execute();
}

/** Meetings whose place in lists another occurrence takes by `now` (ms), locked; others that look at the same time find others. At most `count`. */
export async function lockDueMeetings(db: Db, now: number, count: number): Promise<Meeting[]> {
  const rows = await db.selectFrom("meeting").selectAll().where("advance_at", "<=", new Date(now))
    .orderBy("advance_at").limit(count).forUpdate().skipLocked().execute();
  return rows.map(meetingOf);
}

/** What is different in a series, by the day that the rule has it. */
export async function readExceptions(db: Db, id: MeetingId): Promise<Exception[]> {
  const rows = await db.selectFrom("meeting_exception").selectAll().where("meeting_id", "=", id)
    .orderBy("original_local").execute();
  return rows.map(exceptionOf);
}

/** Stores what is different in one occurrence, in place of what was. */
export async function putException(db: Db, id: MeetingId, exception: Exception): Promise<void> {
  const columns = {
    is_cancelled: exception.isCancelled,
    starts_local: exception.start,
    duration_minutes: exception.durationMinutes,
    title: exception.title,
  };
  await db.insertInto("meeting_exception")
    .values({ meeting_id: id, original_local: exception.original, ...columns })
    .onConflict((conflict) => conflict.columns(["meeting_id", "original_local"]).doUpdateSet(columns))
    .execute();
}

/** Forgets what is different in one occurrence, or in all; whether there was something. */
export async function deleteExceptions(db: Db, id: MeetingId, original?: string): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom("meeting_exception").where("meeting_id", "=", id)
    .$if(original !== undefined, (query) => query.where("original_local", "=", original!))
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/** A row of `meeting` as the rest of the program knows it. */
export function meetingOf(row: Selectable<Schema["meeting"]>): Meeting {
  return {
    id: row.id as MeetingId,
    tenantId: row.tenant_id as TenantId,
    roomId: row.room_id as RoomId,
    hasOwnRoom: row.has_own_room,
    ownerId: row.owner_id as AccountId,
    title: row.title,
    description: row.description,
    time: row.starts_local === null ? null : {
      start: row.starts_local,
      timeZone: row.time_zone!,
      durationMinutes: row.duration_minutes!,
      recurrence: row.recurrence,
    },
    sequence: row.sequence,
    cancelledAt: row.cancelled_at?.getTime() ?? null,
    version: row.version,
    createdAt: row.created_at.getTime(),
    listed: {
      at: row.listed_at.getTime(),
      until: row.listed_until?.getTime() ?? null,
      original: row.listed_original,
      advanceAt: row.advance_at?.getTime() ?? null,
    },
  };
}

/** A row of `meeting_exception` as the rest of the program knows it. */
export function exceptionOf(row: Omit<Selectable<Schema["meeting_exception"]>, "meeting_id">): Exception {
  return {
    original: row.original_local,
    isCancelled: row.is_cancelled,
    start: row.starts_local,
    durationMinutes: row.duration_minutes,
    title: row.title,
  };
}

function timeColumns(time: MeetingTime | null) {
  return {
    starts_local: time?.start ?? null,
    time_zone: time?.timeZone ?? null,
    duration_minutes: time?.durationMinutes ?? null,
    recurrence: time?.recurrence ?? null,
  };
}

function listedColumns({ at, until, original, advanceAt }: Listed) {
  return {
    listed_at: new Date(at),
    listed_until: until === null ? null : new Date(until),
    listed_original: original,
    advance_at: advanceAt === null ? null : new Date(advanceAt),
  };
}

/** The room goes with no meeting any more: it belongs to somebody else now. */
export async function detachRoom(db: Db, roomId: RoomId): Promise<void> {
  await db.updateTable("meeting").set({ has_own_room: false }).where("room_id", "=", roomId)
    .where("has_own_room", "=", true).execute();
}

/** Whether the account owns a meeting in the room or is invited to one. */
export async function hasMeetingIn(db: Db, accountId: AccountId, roomId: RoomId): Promise<boolean> {
  const row = await db.selectFrom("meeting as m").innerJoin("agenda as a", "a.meeting_id", "m.id")
    .select("m.id").where("m.room_id", "=", roomId).where("a.account_id", "=", accountId).limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
