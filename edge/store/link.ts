import type { AccountId, InvitationId, LinkId, RoomId } from "@tafelrunde/protocol";
import type { LinkRole } from "@tafelrunde/protocol/http";
import { sql } from "kysely";
import type { Db } from "./schema.ts";

/** A new link. `hash`: SHA-256 of its secret, hex. Instants are ms since 1970. */
export interface NewLink {
  readonly id: string;
  readonly roomId: RoomId;
  readonly hash: string;
  /** The sealed secret, if it must be shown again. */
  readonly sealed?: string | null;
  readonly role?: LinkRole | null;
  readonly label?: string;
  readonly createdBy?: AccountId | null;
  readonly expiresAt?: number | null;
  readonly maxUses?: number | null;
  /** The invitation whose mail contains it; the link is deleted with it. */
  readonly invitationId?: InvitationId | null;
}

/** A link as shown to those who manage its room. Instants are ms since 1970. */
export interface LinkRecord {
  readonly id: LinkId;
  readonly role: LinkRole | null;
  readonly label: string;
  readonly createdAt: number;
  readonly expiresAt: number | null;
  readonly maxUses: number | null;
  /** People who entered with it, if it has a limit. */
  readonly uses: number;
  readonly revokedAt: number | null;
}

/** The last link of a page: created at (ms), id. */
export type LinkPosition = readonly [createdAt: number, id: string];

export async function insertLink(db: Db, link: NewLink, at: Date): Promise<void> {
  const {
    id,
    roomId,
    hash,
    sealed = null,
    role = null,
    label = "",
    createdBy = null,
    expiresAt = null,
    maxUses = null,
    invitationId = null,
  } = link;
  await db.insertInto("room_link").values({
    id,
    room_id: roomId,
    hash,
    sealed,
    role,
    label,
    created_at: at,
    created_by: createdBy,
    expires_at: expiresAt === null ? null : new Date(expiresAt),
    max_uses: maxUses,
    invitation_id: invitationId,
  }).execute();
}

/**
 * The newest general link of `roomId` that is valid at `now` (ms) and can be shown again: its id and sealed
 * secret.
 */
export async function findSealedLink(
  db: Db,
  roomId: RoomId,
  now: number,
): Promise<{ readonly id: string; readonly sealed: string } | undefined> {
  const row = await db.selectFrom("room_link").select(["id", "sealed"])
    .where("room_id", "=", roomId).where("role", "is", null).where("sealed", "is not", null)
    .where("invitation_id", "is", null).where("max_uses", "is", null).where("revoked_at", "is", null)
    .where((eb) => eb.or([eb("expires_at", "is", null), eb("expires_at", ">", new Date(now))]))
    .orderBy("created_at", "desc").limit(1).executeTakeFirst();
  return row && { id: row.id, sealed: row.sealed! };
}

/** The room's links after `after`, newest first, at most `count`; without those of invitations. */
export async function listLinks(
  db: Db,
  roomId: RoomId,
  { after, count }: { readonly after: LinkPosition | undefined; readonly count: number },
): Promise<LinkRecord[]> {
  let query = db.selectFrom("room_link as l").where("l.room_id", "=", roomId)
    .where("l.invitation_id", "is", null)
    .select((eb) => [
      "l.id",
      "l.role",
      "l.label",
      "l.created_at",
      "l.expires_at",
      "l.max_uses",
      "l.revoked_at",
      eb.selectFrom("room_link_use as u").whereRef("u.link_id", "=", "l.id")
        .select((inner) => inner.fn.countAll<number | string>().as("uses")).as("uses"),
    ])
    .orderBy("l.created_at", "desc").orderBy("l.id", "desc").limit(count);
  if (after !== undefined) {
    query = query.where(sql<boolean>`(l.created_at, l.id) < (${new Date(after[0])}, ${after[1]})`);
  }
  return (await query.execute()).map((row) => ({
    id: row.id as LinkId,
    role: row.role as LinkRole | null,
    label: row.label,
    createdAt: row.created_at.getTime(),
    expiresAt: row.expires_at?.getTime() ?? null,
    maxUses: row.max_uses,
    uses: Number(row.uses),
    revokedAt: row.revoked_at?.getTime() ?? null,
  }));
}

/** Number of the room's links that are not revoked, without those of invitations. */
export async function countLinks(db: Db, roomId: RoomId): Promise<number> {
  const { count } = await db.selectFrom("room_link").where("room_id", "=", roomId).where(
    "revoked_at",
    "is",
    null,
  ).where("invitation_id", "is", null)
    .select((eb) => eb.fn.countAll<number | string>().as("count")).executeTakeFirstOrThrow();
  return Number(count);
}

/** Revokes a link; false: the room has no such link, revoked or not. */
export async function revokeLink(db: Db, roomId: RoomId, id: LinkId, at: number): Promise<boolean> {
  const { numUpdatedRows } = await db.updateTable("room_link")
    .set((eb) => ({ revoked_at: eb.fn.coalesce("revoked_at", eb.val(new Date(at))) }))
    .where("room_id", "=", roomId).where("id", "=", id).executeTakeFirst();
  return numUpdatedRows > 0n;
}
