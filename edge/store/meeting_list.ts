import type { AccountId, MeetingId, Role, TenantId } from "@tafelrunde/protocol";
import { type InvitationAnswer, MAX_MEETING_MINUTES, type MeetingList } from "@tafelrunde/protocol/http";
import { type RawBuilder, sql, type SqlBool } from "kysely";
import { type Exception, exceptionOf, meetingOf, type MeetingRecord } from "./meeting.ts";
import type { Db } from "./schema.ts";

/** A meeting as a viewer sees it. */
export interface SeenMeeting extends MeetingRecord {
  readonly ownerName: string;
  readonly isAdhoc: boolean;
  /** The viewer's invitation; null: not invited. */
  readonly invitation: { readonly role: Role | null; readonly answer: InvitationAnswer } | null;
  readonly isFavourite: boolean;
  /** The exception of the occurrence shown in lists. */
  readonly listedException: Exception | null;
}

/** The meetings to list: those in an account's lists, or all of a tenant. */
export type MeetingsOf = { readonly accountId: AccountId } | { readonly tenantId: TenantId };

/** A position in a list, between two meetings. */
export interface ListPosition {
  readonly at: number;
  readonly id: MeetingId;
}

/** Longest duration of a meeting, ms: one in progress started within this time. */
const LONGEST_MS = MAX_MEETING_MINUTES * 60_000;

/**
 * Ids of the first `count` meetings in a list after a position, in its order. Every list but the favourites
 * (which are few) reads one range of an index, however much the tenant has.
 */
export async function listMeetings(
  db: Db,
  of: MeetingsOf,
  list: MeetingList,
  now: number,
  after: ListPosition | undefined,
  count: number,
): Promise<ListPosition[]> {
  const { rows } = await listQuery(of, list, now, after, count).execute(db);
  return rows.map((row) => ({ at: row.at.getTime(), id: row.id as MeetingId }));
}

/** The query of `listMeetings`. */
export function listQuery(
  of: MeetingsOf,
  list: MeetingList,
  now: number,
  after: ListPosition | undefined,
  count: number,
): RawBuilder<{ id: string; at: Date }> {
  const isRising = list === "now" || list === "soon";
  const source = "accountId" in of
    ? sql`agenda as l where l.account_id = ${of.accountId}`
    : sql`meeting as l where l.tenant_id = ${of.tenantId}`;
  const id = sql.ref<string>("accountId" in of ? "l.meeting_id" : "l.id");
  const place = after && sql`(${new Date(after.at)}::timestamptz, ${after.id})`;
  const position = place &&
    (isRising ? sql`(l.listed_at, ${id}) > ${place}` : sql`(l.listed_at, ${id}) < ${place}`);
  const order = isRising ? sql`l.listed_at, ${id}` : sql`l.listed_at desc, ${id} desc`;
  return sql`
    select ${id} as id, l.listed_at as at from ${source} and ${filterOf(list, of, now)} and ${
    position ?? sql`true`
  }
    order by ${order} limit ${count}`;
}

function filterOf(list: MeetingList, of: MeetingsOf, nowMs: number) {
  const now = sql`${new Date(nowMs)}::timestamptz`;
  switch (list) {
    case "now":
      return sql<SqlBool>`l.listed_until > ${now} and l.listed_at <= ${now}
        and l.listed_at > ${new Date(nowMs - LONGEST_MS)}::timestamptz`;
    case "soon":
      return sql<SqlBool>`l.listed_until is not null and l.listed_at > ${now}`;
    case "past":
      return sql<SqlBool>`l.listed_until <= ${now} and l.listed_at <= ${now}`;
    case "permanent":
      return sql<SqlBool>`l.listed_until is null`;
    case "favourites":
      return "accountId" in of
        ? sql<SqlBool>`l.meeting_id in (
            select m.id from favourite f join meeting m on m.room_id = f.room_id where f.account_id = ${of.accountId})`
        : sql<SqlBool>`false`;
    default:
      return list satisfies never;
  }
}

/**
 * The meetings with these ids as `viewer` sees them, in the order of the ids; deleted ones are missing.
 * Undefined: no personal view.
 */
export async function readMeetings(
  db: Db,
  ids: readonly MeetingId[],
  viewer: AccountId | undefined,
): Promise<SeenMeeting[]> {
  if (ids.length === 0) return [];
  const rows = await seenQuery(db, ids, viewer).execute();
  const byId = new Map(rows.map((row): [string, SeenMeeting] => [row.id, {
    ...meetingOf(row),
    ownerName: row.owner_name,
    isAdhoc: row.is_adhoc,
    invitation: row.invitation_id === null
      ? null
      : { role: row.invited_role as Role | null, answer: row.answer as InvitationAnswer },
    isFavourite: row.favourite_id !== null,
    listedException: row.exception_original === null ? null : exceptionOf({
      original_local: row.exception_original,
      is_cancelled: row.exception_cancelled!,
      starts_local: row.exception_starts,
      duration_minutes: row.exception_minutes,
      title: row.exception_title,
    }),
  }]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

/** The query of `readMeetings`. */
export function seenQuery(db: Db, ids: readonly MeetingId[], viewer: AccountId | undefined) {
  return db.selectFrom("meeting as m")
    .innerJoin("account as o", "o.id", "m.owner_id")
    .innerJoin("room as r", "r.id", "m.room_id")
    .leftJoin(
      "invitation as i",
      (join) => join.onRef("i.meeting_id", "=", "m.id").on("i.account_id", "=", viewer ?? null),
    )
    .leftJoin(
      "favourite as f",
      (join) => join.onRef("f.room_id", "=", "m.room_id").on("f.account_id", "=", viewer ?? null),
    )
    .leftJoin(
      "meeting_exception as x",
      (join) => join.onRef("x.meeting_id", "=", "m.id").onRef("x.original_local", "=", "m.listed_original"),
    )
    .selectAll("m")
    .select([
      "o.name as owner_name",
      "r.is_adhoc",
      "i.id as invitation_id",
      "i.role as invited_role",
      "i.answer",
      "f.room_id as favourite_id",
      "x.original_local as exception_original",
      "x.is_cancelled as exception_cancelled",
      "x.starts_local as exception_starts",
      "x.duration_minutes as exception_minutes",
      "x.title as exception_title",
    ])
    .where("m.id", "in", [...ids]);
}
