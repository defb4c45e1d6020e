import {
  type CommandId,
  type Event,
  evolve,
  hasForeignSlices,
  isKnownEvent,
  ownSlices,
  type ParticipantId,
  type RoomId,
  type RoomState,
  type SpaceId,
  STATE_SHAPE,
} from "@tafelrunde/protocol";
import type { ChatMessage } from "@tafelrunde/protocol/features/chat/messages";
import { type Selectable, sql } from "kysely";
import { executeDirectly } from "./direct.ts";
import type { Db, Schema } from "./schema.ts";

/** Most events per read. */
const PAGE = 1000;

/** The result of an append. */
export type Appended =
  | "stored"
  /**
   * Another edge wrote first, or one of the commands was stored before: read what is missing and decide
   * again.
   */
  | "conflict";

/** The same text for all events: not rebuilt and, thanks to the single parameter, not sent value by value. */
const APPEND = `insert into room_event (room_id, seq, type, body, actor_id, command_id, at)
  select $1, seq, type, body, actor_id, command_id, at from json_to_recordset($2::json)
    as event(seq integer, type text, body jsonb, actor_id text, command_id text, at timestamptz)`;

/**
 * Like `APPEND`, for events that remove something from earlier ones: the same statement removes it from the
 * log, and deletes the snapshot that might contain it. The room stores the next snapshot.
 */
const APPEND_AND_ERASE =
  `with erasure as (select * from json_to_recordset($3::json) as one(seq integer, type text, body jsonb)),
  erased as (update room_event as event set body = event.body || erasure.body from erasure
    where event.room_id = $1 and event.seq = erasure.seq and event.type = erasure.type),
  dropped as (delete from room_snapshot where room_id = $1)
  ${APPEND}`;

/** Fields of an earlier event that are replaced, if that event has this type. */
export interface LogErasure {
  readonly seq: number;
  readonly type: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * Stores `events` (consecutive, of one room) and carries out `erasures` in earlier ones, all or none. Throws
 * the database's errors, except conflicts.
 */
export async function appendEvents(
  db: Db,
  roomId: RoomId,
  events: readonly Event[],
  erasures: readonly LogErasure[] = [],
): Promise<Appended> {
  const rows = events.map(({ type, seq, at, actor, cause, ...body }) => ({
    seq,
    type,
    body,
    actor_id: actor,
    command_id: cause,
    at: new Date(at),
  }));
  try {
    const parameters = [roomId, JSON.stringify(rows)];
    if (erasures.length === 0) await executeDirectly(db, APPEND, parameters);
    else await executeDirectly(db, APPEND_AND_ERASE, [...parameters, JSON.stringify(erasures)]);
    return "stored";
  } catch (error) {
    if (isUniqueViolation(error)) return "conflict";
    throw error;
  }
}

/** The events after `since`, in order, at most `PAGE`: repeat with the last seq until none is returned. */
export async function readEvents(db: Db, roomId: RoomId, since: number): Promise<Event[]> {
  const rows = await db.selectFrom("room_event").select(EVENT_COLUMNS)
    .where("room_id", "=", roomId).where("seq", ">", since).orderBy("seq").limit(PAGE).execute();
  return rows.map(eventOf);
}

/** One event; undefined: there is none. */
export async function readEvent(db: Db, roomId: RoomId, seq: number): Promise<Event | undefined> {
  const row = await db.selectFrom("room_event").select(EVENT_COLUMNS)
    .where("room_id", "=", roomId).where("seq", "=", seq).executeTakeFirst();
  return row && eventOf(row);
}

const EVENT_COLUMNS = ["seq", "type", "body", "actor_id", "command_id", "at"] as const;

function eventOf(
  { body, actor_id: actor, command_id: cause, at, ...row }: Pick<
    Selectable<Schema["room_event"]>,
    (typeof EVENT_COLUMNS)[number]
  >,
): Event {
  return { ...body, ...row, at: at.getTime(), actor, cause } as Event;
}

type ChatBody = Pick<Extract<Event, { type: "chat.posted" }>, "participantId" | "name" | "text">;

/** Number of log events searched for one page of chat. */
const CHAT_REACH = 2_000;

/**
 * The newest `limit` chat messages of a space (null: the main room) among the `CHAT_REACH` events before
 * `before`, oldest first. `lookedFrom`: where to continue; null: the log has nothing older.
 */
export async function readChatBefore(
  db: Db,
  { roomId, space }: { readonly roomId: RoomId; readonly space: SpaceId | null },
  before: number,
  limit: number,
): Promise<{ readonly messages: ChatMessage[]; readonly lookedFrom: number | null }> {
  const from = Math.max(1, before - CHAT_REACH);
  const rows = await db.selectFrom("room_event").select(["seq", "body", "at"])
    .where("room_id", "=", roomId).where("seq", ">=", from).where("seq", "<", before)
    .where("type", "=", "chat.posted")
    .where(sql`body->>'space'`, "is not distinct from", space).orderBy("seq", "desc").limit(limit).execute();
  const messages = rows.reverse().map(({ seq, body, at }) => {
    const { participantId: from, name, text } = body as ChatBody;
    return { seq, at: at.getTime(), from, name, text };
  });
  const older = await db.selectFrom("room_event").select("seq").where("room_id", "=", roomId)
    .where("seq", "<", from).limit(1).executeTakeFirst();
  return { messages, lookedFrom: older === undefined ? null : from };
}

/** Identifies a command in a room: ids are unique per actor only. */
export function commandKey(actor: string | null, id: string | null): string {
  return `${actor} ${id}`;
}

/** The stored ones of these commands, as command keys. */
export async function findCommands(
  db: Db,
  roomId: RoomId,
  commands: readonly { actor: ParticipantId; id: CommandId }[],
): Promise<Set<string>> {
  if (commands.length === 0) return new Set();
  const rows = await db.selectFrom("room_event").select(["actor_id", "command_id"]).where(
    "room_id",
    "=",
    roomId,
  )
    .where((eb) =>
      eb.or(commands.map(({ actor, id }) => eb.and([eb("actor_id", "=", actor), eb("command_id", "=", id)])))
    ).execute();
  return new Set(rows.map((row) => commandKey(row.actor_id, row.command_id)));
}

/**
 * A room's state: its snapshot, if it has a readable one, and the later events; undefined: no such room.
 * `onForeign` is called for each part that only a newer build understands: a snapshot's slices, or an event.
 */
export async function readState(
  db: Db,
  roomId: RoomId,
  onForeign: (what: "snapshot" | "event") => void = () => {},
): Promise<RoomState | undefined> {
  const room = await db.selectFrom("room").select("base_seq").where("id", "=", roomId).executeTakeFirst();
  if (room === undefined) return undefined;
  const snapshot = await db.selectFrom("room_snapshot").select("state")
    .where("room_id", "=", roomId).where("shape", "=", STATE_SHAPE).where("seq", ">", room.base_seq)
    .executeTakeFirst();
  if (snapshot !== undefined && hasForeignSlices(snapshot.state as RoomState)) onForeign("snapshot");
  let state = ownSlices((snapshot?.state ?? { seq: room.base_seq }) as Partial<RoomState>);
  for (;;) {
    const events = await readEvents(db, roomId, state.seq);
    for (const event of events) {
      if (!isKnownEvent(event)) onForeign("event");
      state = evolve(state, event);
    }
    if (events.length < PAGE) return state;
  }
}

/** Stores `state` as snapshot, unless there is a newer one. */
export async function writeSnapshot(db: Db, roomId: RoomId, state: RoomState): Promise<void> {
  const row = { seq: state.seq, shape: STATE_SHAPE, state: JSON.stringify(state) };
  await db.insertInto("room_snapshot").values({ room_id: roomId, ...row })
    .onConflict((conflict) =>
      conflict.column("room_id").doUpdateSet(row).where("room_snapshot.seq", "<", state.seq)
    ).execute();
}

/** A room's last event, and facts of its row. */
export interface RoomHead {
  readonly seq: number;
  /** Counts the changes of its row. */
  readonly version: number;
  /** Approximate size of its log, bytes. */
  readonly loggedBytes: number;
}

/** The heads of these rooms; missing rooms are left out. */
export async function readHeads(db: Db, roomIds: readonly RoomId[]): Promise<Map<RoomId, RoomHead>> {
  if (roomIds.length === 0) return new Map();
  const rows = await db.selectFrom("room as r").where("r.id", "=", sql<RoomId>`any(${roomIds})`).select((
    eb,
  ) => [
    "r.id",
    "r.version",
    "r.logged_bytes",
    eb.selectFrom("room_event as e").whereRef("e.room_id", "=", "r.id").select((inner) =>
      inner.fn.max("e.seq").as("seq")
    ).as("seq"),
  ]).execute();
  return new Map(
    rows.map((row) => [
      row.id as RoomId,
      { seq: row.seq ?? 0, version: row.version, loggedBytes: Number(row.logged_bytes) },
    ]),
  );
}

/** SQLSTATE 23505, for pg and PGlite alike. */
function isUniqueViolation(error: unknown): boolean {
  return typeof error === "object" && error !== null && "code" in error && error.code === "23505";
}
