import type { EdgeContext } from "../context.ts";
import type { RoomId } from "@tafelrunde/protocol";
import { bearerOf, type TenantCaller } from "../identity/caller.ts";
import { requireEffect } from "../identity/effects.ts";
import { requireRight, type RoomRight } from "../rooms/room_right.ts";
import { findRoomRecord, type RoomReader, type RoomRecord } from "../store/room_record.ts";
import type { Db } from "../store/schema.ts";
import type { RoomsOfRoutes } from "../feature.ts";
import { unknown } from "./problem.ts";

/** The caller's tenant, and account if they are a person. */
export function readerOf(caller: TenantCaller): RoomReader {
  return caller.kind === "account"
    ? { tenantId: caller.account.tenantId, accountId: caller.account.id }
    : { tenantId: caller.tenantId, accountId: null };
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

/** What features' routes ask of this edge. */
export function roomsOfRoutes({ db, rooms }: Pick<EdgeContext, "db" | "rooms">): RoomsOfRoutes {
  return {
    async stateFor(caller, id) {
      await getRoomFor(db, caller, id, "lead");
      using _kept = rooms.keep(id);
      const open = await rooms.open(id);
      if (open === undefined) throw unknown("room");
      await open.room.reach(open.room.state.seq + 1);
      return open.room.state;
    },
  };
}
