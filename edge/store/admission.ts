import { type PersonId, Role, type RoomId } from "@tafelrunde/protocol";
import { sql } from "kysely";
import * as v from "valibot";
import type { Db } from "./schema.ts";
import { inTransaction } from "./transaction.ts";
import { monthOf } from "./usage.ts";

/** The facts that decide how somebody may enter a room. */
export interface AdmissionFacts {
  /** Null: no owner. */
  readonly ownerId: string | null;
  readonly tenantId: string | null;
  /** argon2id hash; null: no password. */
  readonly passwordHash: string | null;
  /** The account's role as a member of this room; null: not a member. */
  readonly memberRole: Role | null;
  /** The link that was used; null: none, or not of this room. */
  readonly link: AdmissionLink | null;
  /** The rest of the tenant's quota. */
  readonly quota: AdmissionQuota;
}

/** The limits of a tenant that concern entering. */
export interface AdmissionQuota {
  /** Most participants in one room; null: the limit for any room. */
  readonly maxParticipants: number | null;
  /** All minutes of this month are used up. */
  readonly isSpent: boolean;
}

/** A link of a room, valid or not. */
export interface AdmissionLink {
  readonly id: string;
  readonly role: Role | null;
  readonly isRevoked: boolean;
  readonly expiresAt: number | null;
  /** Number of people who may enter with it; null: unlimited. */
  readonly maxUses: number | null;
  /** A general link: it gives no role, has no expiry and no limit, and belongs to no invitation. */
  readonly isForAll: boolean;
}

/**
 * Reads, with one query, what a room has about `accountId` and a link with this hash (SHA-256, hex) at `now`
 * (ms); undefined: no such room.
 */
export async function findAdmissionFacts(
  db: Db,
  roomId: RoomId,
  { accountId, linkHash }: { readonly accountId: string | null; readonly linkHash: string | null },
  now: number,
): Promise<AdmissionFacts | undefined> {
  const row = await db.selectFrom("room as r")
    .leftJoin(
      "room_member as m",
      (join) => join.onRef("m.room_id", "=", "r.id").on("m.account_id", "=", accountId ?? ""),
    )
    .leftJoin(
      "room_link as l",
      (join) => join.onRef("l.room_id", "=", "r.id").on("l.hash", "=", linkHash ?? ""),
    )
    .leftJoin("tenant as t", "t.id", "r.tenant_id")
    .leftJoin(
      "tenant_usage as u",
      (join) => join.onRef("u.tenant_id", "=", "t.id").on("u.month", "=", sql<Date>`${monthOf(now)}::date`),
    )
    .where("r.id", "=", roomId)
    .select([
      "t.max_participants",
      "t.max_minutes",
      "u.minutes",
      "r.owner_id",
      "r.tenant_id",
      "r.password_hash",
      "m.role as member_role",
      "l.id as link_id",
      "l.role as link_role",
      "l.revoked_at",
      "l.expires_at",
      "l.max_uses",
      "l.invitation_id",
    ]).executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    ownerId: row.owner_id,
    tenantId: row.tenant_id,
    passwordHash: row.password_hash,
    memberRole: readRole(row.member_role),
    link: row.link_id === null ? null : {
      id: row.link_id,
      role: readRole(row.link_role),
      isRevoked: row.revoked_at !== null,
      expiresAt: row.expires_at?.getTime() ?? null,
      maxUses: row.max_uses,
      isForAll: row.link_role === null && row.expires_at === null && row.max_uses === null &&
        row.invitation_id === null,
    },
    quota: {
      maxParticipants: row.max_participants,
      isSpent: row.max_minutes !== null && (row.minutes ?? 0) >= row.max_minutes,
    },
  };
}

/** Whether `person` may (still) enter by a link for `maxUses` people. */
export async function hasUse(db: Db, linkId: string, person: PersonId, maxUses: number): Promise<boolean> {
  const uses = await db.selectFrom("room_link_use").select("person_id").where("link_id", "=", linkId)
    .limit(maxUses).execute();
  return uses.length < maxUses || await isUser(db, linkId, person);
}

/** Counts `person` as a user of a link, once; false: the link is used up. */
export function takeUse(db: Db, linkId: string, person: PersonId, maxUses: number): Promise<boolean> {
  return inTransaction(db, async (trx) => {
    // Serialises people who enter at the same time.
    await trx.selectFrom("room_link").select("id").where("id", "=", linkId).forUpdate().execute();
    if (await isUser(trx, linkId, person)) return true;
    if (!await hasUse(trx, linkId, person, maxUses)) return false;
    await trx.insertInto("room_link_use").values({ link_id: linkId, person_id: person }).execute();
    return true;
  });
}

async function isUser(db: Db, linkId: string, person: PersonId): Promise<boolean> {
  const row = await db.selectFrom("room_link_use").select("link_id")
    .where("link_id", "=", linkId).where("person_id", "=", person).executeTakeFirst();
  return row !== undefined;
}

/** An unknown role, stored by a newer version, counts as none. */
function readRole(text: string | null): Role | null {
  const result = v.safeParse(Role, text);
  return result.success ? result.output : null;
}
