import {
  type AccountId,
  DEFAULT_SETTINGS,
  type Role,
  type RoomId,
  RoomSettings,
  type RoomSettingsChange,
  type TenantId,
} from "@tafelrunde/protocol";
import { sql } from "kysely";
import * as v from "valibot";
import type { Db } from "./schema.ts";

/** A room as shown to those who manage it. Instants are ms since 1970. */
export interface RoomRecord {
  readonly id: RoomId;
  readonly tenantId: TenantId;
  readonly name: string;
  readonly slug: string | null;
  readonly owner: { readonly id: AccountId; readonly name: string } | null;
  readonly settings: RoomSettings;
  readonly hasPassword: boolean;
  readonly isAdhoc: boolean;
  /** The reader's role in it; null: none. */
  readonly role: Role | null;
  readonly version: number;
  readonly createdAt: number;
}

/** The last room of a page: created at (ms), id. */
export type RoomPosition = readonly [createdAt: number, id: string];

/** The reader: their tenant, and their account if they are a person. */
export interface RoomReader {
  readonly tenantId: TenantId;
  readonly accountId: AccountId | null;
}

/** A change of a room; undefined keeps the value. */
export interface RoomChange {
  readonly name?: string | undefined;
  readonly slug?: string | null | undefined;
  readonly settings?: RoomSettingsChange | undefined;
  readonly ownerId?: AccountId | undefined;
  /** Null: none. */
  readonly passwordHash?: string | null | undefined;
}

function selectRecords(db: Db, reader: RoomReader) {
  return db.selectFrom("room as r")
    .leftJoin("account as a", "a.id", "r.owner_id")
    .leftJoin(
      "room_member as m",
      (join) => join.onRef("m.room_id", "=", "r.id").on("m.account_id", "=", reader.accountId ?? ""),
    )
    .where("r.tenant_id", "=", reader.tenantId)
    .select([
      "r.id",
      "r.tenant_id",
      "r.name",
      "r.slug",
      "r.owner_id",
      "a.name as owner_name",
      "r.settings",
      "r.password_hash",
      "r.is_adhoc",
      "m.role",
      "r.version",
      "r.created_at",
    ]);
}

type Row = Awaited<ReturnType<ReturnType<typeof selectRecords>["executeTakeFirstOrThrow"]>>;

function recordOf(row: Row, reader: RoomReader): RoomRecord {
  const owner = row.owner_id === null ? null : { id: row.owner_id as AccountId, name: row.owner_name ?? "" };
  return {
    id: row.id as RoomId,
    tenantId: reader.tenantId,
    name: row.name,
    slug: row.slug,
    owner,
    settings: readSettings(row.settings),
    hasPassword: row.password_hash !== null,
    isAdhoc: row.is_adhoc,
    role: owner !== null && owner.id === reader.accountId ? "owner" : row.role as Role | null,
    version: row.version,
    createdAt: row.created_at.getTime(),
  };
}

/** The room, if it belongs to the reader's tenant. */
export async function findRoomRecord(
  db: Db,
  id: RoomId,
  reader: RoomReader,
): Promise<RoomRecord | undefined> {
  const row = await selectRecords(db, reader).where("r.id", "=", id).executeTakeFirst();
  return row && recordOf(row, reader);
}

/**
 * Rooms after `after`, newest first, at most `count`: the reader's own, those where they are a member, or all
 * of their tenant.
 */
export async function listRooms(
  db: Db,
  reader: RoomReader,
  list: "own" | "shared" | "tenant",
  { after, count }: { readonly after: RoomPosition | undefined; readonly count: number },
): Promise<RoomRecord[]> {
  let query = selectRecords(db, reader).orderBy("r.created_at", "desc").orderBy("r.id", "desc").limit(count);
  if (list === "own") query = query.where("r.owner_id", "=", reader.accountId ?? "");
  if (list === "shared") {
    query = query.where("m.account_id", "is not", null)
      .where(
        "r.id",
        "in",
        db.selectFrom("room_member").select("room_id").where("account_id", "=", reader.accountId ?? ""),
      );
  }
  if (after !== undefined) {
    query = query.where(sql<boolean>`(r.created_at, r.id) < (${new Date(after[0])}, ${after[1]})`);
  }
  return (await query.execute()).map((row) => recordOf(row, reader));
}

/**
 * Changes the room if its version is `version` (undefined: any). Returns the new version; undefined: it had
 * another.
 */
export async function updateRoom(
  db: Db,
  id: RoomId,
  version: number | undefined,
  { name, slug, settings, ownerId, passwordHash }: RoomChange,
): Promise<number | undefined> {
  let query = db.updateTable("room").where("id", "=", id).set((eb) => ({
    ...name !== undefined && { name },
    ...slug !== undefined && { slug },
    ...ownerId !== undefined && { owner_id: ownerId },
    ...passwordHash !== undefined && { password_hash: passwordHash },
    ...settings !== undefined &&
      { settings: sql<string>`${eb.ref("settings")} || ${JSON.stringify(settings)}::jsonb` },
    version: eb("version", "+", 1),
  }));
  if (version !== undefined) query = query.where("version", "=", version);
  return (await query.returning("version").executeTakeFirst())?.version;
}

/** Locks the room: no meeting can be planned there until the transaction ends. */
export async function lockRoom(db: Db, id: RoomId): Promise<void> {
  await db.selectFrom("room").select("id").where("id", "=", id).forUpdate().execute();
}

/** The rooms of an account, locked: no meeting can be planned there until the transaction ends. */
export async function lockRoomsOf(db: Db, ownerId: AccountId): Promise<RoomId[]> {
  const rows = await db.selectFrom("room").select("id").where("owner_id", "=", ownerId).orderBy("id")
    .forUpdate().execute();
  return rows.map(({ id }) => id as RoomId);
}

/**
 * Deletes the room with everything that belongs to it if its version is `version` (undefined: any); false: it
 * is not.
 */
export async function deleteRoom(db: Db, id: RoomId, version: number | undefined): Promise<boolean> {
  let query = db.deleteFrom("room").where("id", "=", id);
  if (version !== undefined) query = query.where("version", "=", version);
  return (await query.executeTakeFirst()).numDeletedRows > 0n;
}

/** Settings of a row: missing ones, and those that this version does not understand, have their defaults. */
export function readSettings(stored: unknown): RoomSettings {
  const entries: Record<string, unknown> = typeof stored === "object" && stored !== null ? { ...stored } : {};
  const known = Object.entries(RoomSettings.entries).flatMap(([key, schema]) => {
    const result = v.safeParse(schema, entries[key]);
    return result.success ? [[key, result.output] as const] : [];
  });
  return { ...DEFAULT_SETTINGS, ...Object.fromEntries(known) };
}
