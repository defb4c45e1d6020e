import type { Role, RoomId } from "@tafelrunde/protocol";
import type { Db } from "./schema.ts";

/** A link that opens a room now. */
export interface FoundLink {
  readonly id: string;
  /** What it makes of who comes with it; null: that comes from who they are. */
  readonly role: Role | null;
}

/** A link to be. `hash`: SHA-256 of its secret, hex. */
export interface NewLink {
  readonly id: string;
  readonly roomId: RoomId;
  readonly hash: string;
}

export async function insertLink(db: Db, { id, roomId, hash }: NewLink, at: Date): Promise<void> {
  await db.insertInto("room_link").values({ id, room_id: roomId, hash, created_at: at }).execute();
}

/** The link of `roomId` with this hash, unless it is revoked or its term has passed at `now` (ms). */
export async function findLink(
  db: Db,
  roomId: RoomId,
  hash: string,
  now: number,
): Promise<FoundLink | undefined> {
  const row = await db.selectFrom("room_link").select(["id", "role"])
    .where("room_id", "=", roomId).where("hash", "=", hash).where("revoked_at", "is", null)
    .where((eb) => eb.or([eb("expires_at", "is", null), eb("expires_at", ">", new Date(now))]))
    .executeTakeFirst();
  return row && { id: row.id, role: row.role as Role | null };
}
