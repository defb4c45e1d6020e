import type { AccountId, MeetingId, RoomId, TenantId } from "@tafelrunde/protocol";
import type { LocalTime, MeetingTime } from "@tafelrunde/protocol/http";
import { type Selectable, sql } from "kysely";
import { lockAccount } from "./account.ts";
import { anyOf } from "./any_of.ts";
import { ROOMS_AT_ONCE } from "./erase.ts";
import type { Db, Schema } from "./schema.ts";

/** A meeting. Instants are ms. */
export interface MeetingRecord {
  readonly id: MeetingId;
  readonly tenantId: TenantId;
  readonly roomId: RoomId;
  /** The room was created with the meeting and is deleted with it. */
  readonly hasOwnRoom: boolean;
  readonly ownerId: AccountId;
  readonly title: string;
  readonly description: string;
  /** Null: permanent. */
  readonly time: MeetingTime | null;
  /** Counts changes that participants must be told about; iCalendar's SEQUENCE. */
  readonly sequence: number;
  readonly cancelledAt: number | null;
  readonly version: number;
  readonly createdAt: number;
  readonly listed: Listed;
}

/** One changed occurrence of a series; null fields are as in the series. */
export interface Exception {
  /** Start by the rule. */
  readonly original: LocalTime;
  readonly isCancelled: boolean;
  readonly start: LocalTime | null;
  readonly durationMinutes: number | null;
  readonly title: string | null;
}

/** One occurrence. Instants are ms. */
export interface Occurrence {
  readonly original: LocalTime;
  readonly startsAt: number;
  readonly endsAt: number;
  /** The change; undefined: the occurrence is as in the rule. */
  readonly exception?: Exception;
}

/** The place of a meeting in lists. */
export interface ListedOccurrence {
  /** The current or next occurrence at that time, else the last one. */
  readonly occurrence: Occurrence;
  /** When another occurrence takes its place, ms; null: never. */
  readonly advanceAt: number | null;
}

/** A meeting's position in lists: its current or next occurrence, otherwise its last. */
export interface Listed {
  /** The start of that occurrence; for a permanent meeting, when it was created. */
  readonly at: number;
  /** The end of that occurrence; null: the meeting is permanent. */
  readonly until: number | null;
  /** The original start of that occurrence by the rule; null: the meeting is permanent. */
  readonly original: string | null;
  /** When another occurrence replaces it; null: never. */
  readonly advanceAt: number | null;
}

/** The parts of a meeting that change by themselves or by its owner. */
export type MeetingChange = Partial<
  Pick<MeetingRecord, "title" | "description" | "time" | "sequence" | "cancelledAt" | "listed">
>;

/** The list position of a meeting at `place`; null: a permanent one, created at `createdAt`. */
export function listedAt(place: ListedOccurrence | null, createdAt: number): Listed {
  if (place === null) return { at: createdAt, until: null, original: null, advanceAt: null };
  const { occurrence: { startsAt, endsAt, original }, advanceAt } = place;
  return { at: startsAt, until: endsAt, original, advanceAt };
}

/** Stores a new meeting, also in its owner's lists. */
export async function insertMeeting(db: Db, meeting: Omit<MeetingRecord, "version">): Promise<void> {
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

/** The meeting, if it belongs to the tenant. */
export async function findMeeting(
  db: Db,
  tenantId: TenantId,
  id: MeetingId,
): Promise<MeetingRecord | undefined> {
  const row = await db.selectFrom("meeting").selectAll().where("id", "=", id).where(
    "tenant_id",
    "=",
    tenantId,
  )
    .executeTakeFirst();
  return row && meetingOf(row);
}

/**
 * Like `findMeeting`, locked: until the transaction ends nobody else can change it or delete its room; with
 * `withRoom`, nobody else can use that either.
 */
export async function lockMeeting(
  trx: Db,
  tenantId: TenantId,
  id: MeetingId,
  { withRoom }: { readonly withRoom: boolean },
): Promise<MeetingRecord | undefined> {
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

/** Changes a locked meeting, increments its version, and returns it. */
export async function updateMeeting(db: Db, id: MeetingId, change: MeetingChange): Promise<MeetingRecord> {
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
 * Increments the SEQUENCE of a locked meeting, for a change that only calendars are told of, and returns it.
 * The version stays.
 */
export async function raiseSequence(trx: Db, { id, sequence }: MeetingRecord): Promise<number> {
  await trx.updateTable("meeting").set({ sequence: sequence + 1 }).where("id", "=", id).execute();
  return sequence + 1;
}

/** Changes a meeting's position in all lists that contain it. That is no change of the meeting. */
export async function writeListed(db: Db, id: MeetingId, listed: Listed): Promise<void> {
  const columns = listedColumns(listed);
  await db.updateTable("meeting").set(columns).where("id", "=", id).execute();
  const { listed_at, listed_until } = columns;
  await db.updateTable("agenda").set({ listed_at, listed_until }).where("meeting_id", "=", id).execute();
}

/** Hands the room of a meeting that is being deleted to another meeting there; false: there is none. */
export async function passRoomOn(trx: Db, { id, roomId }: MeetingRecord): Promise<boolean> {
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

/** Whether the room was created with a meeting, and is deleted with the last one there. */
export async function wasMadeForMeeting(db: Db, roomId: RoomId): Promise<boolean> {
  return await db.selectFrom("meeting").select("id").where("room_id", "=", roomId)
    .where("has_own_room", "=", true).limit(1).executeTakeFirst() !== undefined;
}

/** Deletes a meeting, with its room if it owns one. */
export async function deleteMeeting(db: Db, { id, roomId, hasOwnRoom }: MeetingRecord): Promise<void> {
  await db.deleteFrom("meeting").where("id", "=", id).execute();
  if (hasOwnRoom) await db.deleteFrom("room").where("id", "=", roomId).execute();
}

/**
 * Up to `count` meetings that ended before `before` (ms), locked, each with whether its room has been empty
 * since then too.
 */
export async function lockOldMeetings(
  db: Db,
  before: number,
  count: number,
): Promise<{ meeting: MeetingRecord; isRoomIdle: boolean }[]> {
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
export async function lockMeetingsOf(db: Db, ownerId: AccountId): Promise<MeetingRecord[]> {
  const rows = await db.selectFrom("meeting").selectAll().where("owner_id", "=", ownerId).orderBy("id")
    .forUpdate().execute();
  return rows.map(meetingOf);
}

/**
 * Number of meetings of an account, at most `enough`. Nobody else can create one for it until the transaction
 * ends.
 */
export async function countMeetingsOf(trx: Db, ownerId: AccountId, enough: number): Promise<number> {
  await lockAccount(trx, ownerId);
  const { count } = await trx.selectFrom(
    trx.selectFrom("meeting").select("id").where("owner_id", "=", ownerId).limit(enough).as("some"),
  ).select((eb) => eb.fn.countAll<number | string>().as("count")).executeTakeFirstOrThrow();
  return Number(count);
}

/** The meetings in these rooms, locked. */
export async function lockMeetingsIn(db: Db, rooms: readonly RoomId[]): Promise<MeetingRecord[]> {
  if (rooms.length === 0) return [];
  const rows = await db.selectFrom("meeting").selectAll().where("room_id", "=", sql<RoomId>`any(${rooms})`)
    .orderBy("id").forUpdate().execute();
  return rows.map(meetingOf);
}

/**
 * Deletes at most ROOMS_AT_ONCE ad-hoc meetings with their rooms, which have been empty since before `before`
 * (ms); returns how many.
 */
export async function deleteIdleAdhocRooms(db: Db, before: number): Promise<number> {
  const idle = db.selectFrom("room").select("id").where("is_adhoc", "=", true)
    .where("idle_since", "<", new Date(before)).limit(ROOMS_AT_ONCE);
  const { numDeletedRows } = await db.deleteFrom("room").where("id", "=", anyOf(idle))
    .where("idle_since", "<", new Date(before)).executeTakeFirst();
  return Number(numDeletedRows);
}

/**
 * The owner of a room of the tenant; null: none; undefined: no such room. Locks the row until the transaction
 * ends.
 */
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

/** Adds a meeting to an account's lists. */
export async function insertAgenda(
  db: Db,
  accountId: AccountId,
  { id, listed }: Pick<MeetingRecord, "id" | "listed">,
) {
  const { listed_at, listed_until } = listedColumns(listed);
  await db.insertInto("agenda").values({ account_id: accountId, meeting_id: id, listed_at, listed_until })
    .onConflict((conflict) => conflict.doNothing()).execute();
}

/** Removes a meeting from an account's lists. */
export async function deleteAgenda(db: Db, accountId: AccountId, id: MeetingId): Promise<void> {
  await db.deleteFrom("agenda").where("account_id", "=", accountId).where("meeting_id", "=", id).execute();
}

/**
 * At most `count` meetings whose list position changes by `now` (ms), locked; concurrent callers get others.
 */
export async function lockDueMeetings(db: Db, now: number, count: number): Promise<MeetingRecord[]> {
  const rows = await db.selectFrom("meeting").selectAll().where("advance_at", "<=", new Date(now))
    .orderBy("advance_at").limit(count).forUpdate().skipLocked().execute();
  return rows.map(meetingOf);
}

/** The exceptions of a series, by their original day. */
export async function readExceptions(db: Db, id: MeetingId): Promise<Exception[]> {
  const rows = await db.selectFrom("meeting_exception").selectAll().where("meeting_id", "=", id)
    .orderBy("original_local").execute();
  return rows.map(exceptionOf);
}

/** Stores the exception of one occurrence, replacing an earlier one. */
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

/** Deletes the exception of one occurrence, or all; false: there was none. */
export async function deleteExceptions(db: Db, id: MeetingId, original?: string): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom("meeting_exception").where("meeting_id", "=", id)
    .$if(original !== undefined, (query) => query.where("original_local", "=", original!))
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/** Converts a row of `meeting`. */
export function meetingOf(row: Selectable<Schema["meeting"]>): MeetingRecord {
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

/** Converts a row of `meeting_exception`. */
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

/** The room is no longer deleted with a meeting, because it has another owner. */
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
