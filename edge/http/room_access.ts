import { isModerator, type Role, type RoomId } from "@tafelrunde/protocol";
import type { Db } from "../store/schema.ts";
import { type Bearer, requireEffect } from "../identity/effects.ts";
import { findRoomRecord, type Reader, type RoomRecord } from "../store/room_record.ts";
import { ProblemError, unknown } from "./problem.ts";
import type { AccountCaller, KeyCaller } from "./route.ts";

/** A person or program of a tenant. */
export type TenantCaller = AccountCaller | KeyCaller;

/**
 * Access to a room: reading it, seeing its links, managing it (settings, links, members), or owning it (give
 * away, delete).
 */
export type RoomRight = "read" | "inspect" | "lead" | "own";

/** The caller's tenant, and account if they are a person. */
export function readerOf(caller: TenantCaller): Reader {
  return caller.kind === "account"
    ? { tenantId: caller.account.tenantId, accountId: caller.account.id }
    : { tenantId: caller.tenantId, accountId: null };
}

/** Whose permissions apply to the effects of the caller's request. */
export function bearerOf(caller: TenantCaller): Bearer {
  return { scopes: caller.kind === "key" ? caller.scopes : null };
}

/** Whether the caller acts for the whole tenant: admins, and API keys within their scopes. */
export function actsForTenant(caller: TenantCaller): boolean {
  return caller.kind === "key" || caller.account.role === "admin";
}

/**
 * The room, if the caller has this right. Throws 404 for callers without any access, 403 for callers with too
 * little.
 */
export async function getRoomFor(
  db: Db,
  caller: TenantCaller,
  id: RoomId,
  right: RoomRight,
): Promise<RoomRecord> {
  const room = await findRoomRecord(db, id, readerOf(caller));
  if (room === undefined || room.role === null && !actsForTenant(caller)) throw unknown("room");
  if (!actsForTenant(caller)) requireRight(room.role, right);
  if (right === "lead" || right === "own") requireEffect(bearerOf(caller), "room.change");
  return room;
}

/** Throws 403 if the role is too low. `role`: the caller's role in the room; null: none. */
export function requireRight(role: Role | null, right: RoomRight): void {
  const isAllowed = role !== null &&
    (right === "read" || (right === "own" ? role === "owner" : isModerator(role)));
  if (!isAllowed) {
    throw new ProblemError(403, "room.notAllowed", "Your role in this room does not allow this.");
  }
}
