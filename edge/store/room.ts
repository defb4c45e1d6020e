import { anyOf } from "./any_of.ts";
import { ROOMS_AT_ONCE } from "./erase.ts";
import {
  type AccountId,
  type PersonId,
  type RoomId,
  type RoomSettings,
  type RoomSettingsChange,
  type TenantId,
} from "@tafelrunde/protocol";
import { sql } from "kysely";
import { insertLink } from "./link.ts";
import { readSettings } from "./room_record.ts";
import type { Db } from "./schema.ts";
import { inTransaction } from "./transaction.ts";

/** Bytes of a room with an empty log: its row, its link, its first event, entries of their indexes. */
export const ROOM_BYTES = 1_500;

/** A room, and whether it is known to be empty. */
export interface FoundRoom {
  readonly id: RoomId;
  readonly isIdle: boolean;
  readonly name: string;
  readonly settings: RoomSettings;
  /** Counts the changes of the row. */
  readonly version: number;
  /** Null: an anonymous room. */
  readonly tenantId: TenantId | null;
  /** Approximate size of its log, bytes. */
  readonly loggedBytes: number;
}

/** A new room. Without a tenant it belongs to its creator, and to whoever has its link. */
export interface NewRoom {
  readonly id: RoomId;
  /** SHA-256 of its link's secret, hex. */
  readonly linkHash: string;
  readonly tenantId?: TenantId | undefined;
  readonly ownerId?: AccountId | undefined;
  readonly slug?: string | null;
  readonly settings?: RoomSettingsChange;
  readonly passwordHash?: string | null;
  readonly isAdhoc?: boolean;
  /** The person who creates it without an account and so owns it. */
  readonly creator?: PersonId | undefined;
}

/** Stores a new room with its link and the first event of its log, in one transaction. */
export function insertRoom(db: Db, room: NewRoom, name: string, at: number): Promise<void> {
  const { id, tenantId = null, ownerId = null, slug = null, passwordHash = null, isAdhoc = false } = room;
  return inTransaction(db, async (trx) => {
    const now = new Date(at);
    await trx.insertInto("room").values({
      id,
      name,
      created_at: now,
      idle_since: now,
      tenant_id: tenantId,
      owner_id: ownerId,
      slug,
      settings: JSON.stringify(room.settings ?? {}),
      password_hash: passwordHash,
      is_adhoc: isAdhoc,
    }).execute();
    await insertLink(trx, { id, roomId: id, hash: room.linkHash }, now);
    await trx.insertInto("room_event").values({
      room_id: id,
      seq: 1,
      type: "room.created",
      body: JSON.stringify({ name, creator: room.creator }),
      actor_id: null,
      command_id: null,
      at: now,
    }).execute();
  });
}

export async function findRoom(db: Db, id: RoomId): Promise<FoundRoom | undefined> {
  const row = await db.selectFrom("room")
    .select(["idle_since", "name", "settings", "version", "tenant_id", "logged_bytes"])
    .where("id", "=", id).executeTakeFirst();
  if (row === undefined) return undefined;
  const { name, version } = row;
  return {
    id,
    isIdle: row.idle_since !== null,
    name,
    settings: readSettings(row.settings),
    version,
    tenantId: row.tenant_id as TenantId | null,
    loggedBytes: Number(row.logged_bytes),
  };
}

/** Adds to the counted log sizes of rooms. */
export async function addLoggedBytes(db: Db, added: ReadonlyMap<RoomId, number>): Promise<void> {
  if (added.size === 0) return;
  await sql`update room set logged_bytes = logged_bytes + a.bytes
    from unnest(${[...added.keys()]}::text[], ${[...added.values()]}::bigint[]) as a (room_id, bytes)
    where room.id = a.room_id`.execute(db);
}

/** Number of anonymous rooms, and the approximate size of their logs, bytes. */
export async function countAnonymous(
  db: Db,
): Promise<{ readonly rooms: number; readonly loggedBytes: number }> {
  const { rooms, bytes } = await db.selectFrom("room").where("tenant_id", "is", null).select(({ fn }) => [
    fn.countAll<number | string>().as("rooms"),
    fn.sum<number | string | null>("logged_bytes").as("bytes"),
  ]).executeTakeFirstOrThrow();
  return { rooms: Number(rooms), loggedBytes: Number(bytes ?? 0) };
}

/**
 * Deletes at most 100 anonymous rooms that have been empty since before `before`, with their links; returns
 * how many.
 */
export async function deleteForgottenRooms(db: Db, before: number): Promise<number> {
  const forgotten = db.selectFrom("room").select("id").where("tenant_id", "is", null)
    .where("idle_since", "<", new Date(before)).limit(ROOMS_AT_ONCE);
  const { numDeletedRows } = await db.deleteFrom("room").where("id", "=", anyOf(forgotten))
    .where("idle_since", "<", new Date(before)).executeTakeFirst();
  return Number(numDeletedRows);
}

/**
 * At most 100 rooms that count as in use, although nothing has happened in them since `before`: all their
 * edges might have ended.
 */
export async function findForgottenRooms(db: Db, before: number): Promise<RoomId[]> {
  const rows = await db.selectFrom("room as r").select("r.id").where("r.idle_since", "is", null)
    .where(({ not, exists, selectFrom }) =>
      not(exists(
        selectFrom("room_event as e").select("e.seq").whereRef("e.room_id", "=", "r.id").where(
          "e.at",
          ">=",
          new Date(before),
        ),
      ))
    ).limit(ROOMS_AT_ONCE).execute();
  return rows.map((row) => row.id as RoomId);
}

/** Records whether the room is in use; `idleSince` null: it is. */
export async function setRoomIdle(db: Db, id: RoomId, idleSince: number | null): Promise<void> {
  await db.updateTable("room").set({ idle_since: idleSince === null ? null : new Date(idleSince) }).where(
    "id",
    "=",
    id,
  ).execute();
}

/**
 * Enforces the retention of personal data: restarts the logs of rooms that have been idle since before
 * `before`, after their old end, with only the room itself in them. Returns the number of rooms, at most 100
 * per call.
 */
export async function eraseIdleRooms(db: Db, before: number): Promise<number> {
  const cutoff = new Date(before);
  const idle = await db.selectFrom("room as r").innerJoin("room_event as e", "e.room_id", "r.id")
    .where("r.idle_since", "<", cutoff)
    .groupBy("r.id").having((eb) => eb.fn.countAll(), ">", 1)
    .select("r.id").limit(ROOMS_AT_ONCE).execute();
  let erased = 0;
  for (const { id } of idle) if (await eraseRoom(db, id, cutoff)) erased++;
  return erased;
}

function eraseRoom(db: Db, id: string, cutoff: Date): Promise<boolean> {
  return inTransaction(db, async (trx) => {
    const room = await trx.selectFrom("room").select("id").where("id", "=", id).where(
      "idle_since",
      "<",
      cutoff,
    )
      .forUpdate().executeTakeFirst();
    if (room === undefined) return false;
    const events = () => trx.selectFrom("room_event").where("room_id", "=", id);
    const created = await events().select(["body", "at"]).where("type", "=", "room.created")
      .executeTakeFirstOrThrow();
    const { seq: last } = await events().select("seq").orderBy("seq", "desc").limit(1)
      .executeTakeFirstOrThrow();
    await trx.deleteFrom("room_event").where("room_id", "=", id).execute();
    await trx.deleteFrom("room_snapshot").where("room_id", "=", id).execute();
    await trx.insertInto("room_event").values({
      room_id: id,
      seq: last + 1,
      type: "room.created",
      body: JSON.stringify(created.body),
      actor_id: null,
      command_id: null,
      at: created.at,
    }).execute();
    await trx.updateTable("room").set({ base_seq: last, logged_bytes: 0 }).where("id", "=", id).execute();
    return true;
  });
}
