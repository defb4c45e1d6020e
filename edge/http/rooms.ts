import type { RoomServices, RouteContext } from "../context.ts";
import { type AccountId, RoomId, type TenantId } from "@tafelrunde/protocol";
import {
  ChangeRoom,
  CreateRoom,
  RoomCreated,
  RoomList,
  RoomPage,
  RoomResource,
  SetRoomPassword,
} from "@tafelrunde/protocol/http";
import type { Context } from "hono";
import * as v from "valibot";
import { DomainError, refusalError } from "../errors.ts";
import { bearerOf, type TenantCaller } from "../identity/caller.ts";
import { requireEffect } from "../identity/effects.ts";
import { callOffMeetingsIn } from "../meetings/remove.ts";
import type { TellRemoval } from "../rooms/removal.ts";
import type { SyncRoles } from "../rooms/sync_roles.ts";
import { chosenSettings, makeRoom, throwSlugTaken } from "../rooms/make_room.ts";
import { getLimits, isOfTenant } from "../store/quota.ts";
import { detachRoom } from "../store/meeting.ts";
import { deleteMember, setMember } from "../store/member.ts";
import {
  deleteRoom,
  findRoomRecord,
  listRooms,
  type RoomChange,
  type RoomRecord,
  updateRoom,
} from "../store/room_record.ts";
import { unlessBusy } from "../identity/password/password.ts";
import { nameOf } from "./access.ts";
import { clientAddress } from "./address.ts";
import { ensureDevice } from "./device_cookie.ts";
import { originOfTenant, requestOrigin } from "./origin.ts";
import { pagedBy, pageFrom, PositionInstant } from "./paging.ts";
import { inTransaction } from "../store/transaction.ts";
import { fieldProblem, ProblemError, unknown } from "./problem.ts";
import { actsForTenant, getRoomFor, readerOf } from "./room_access.ts";
import { type Route, route } from "../route.ts";

/** Position of a page of rooms: created at (ms), id. */
const Position = v.tuple([PositionInstant, RoomId]);

/** /v1/rooms: creating, listing and managing rooms. */
export function roomRoutes(
  context: RouteContext & RoomServices,
  syncRoles: SyncRoles,
  tellRemoval: TellRemoval,
): Route[] {
  const { db, now, config, hasher, rooms, ids: identity, stored } = context;
  const hashRoomPassword = (password: string, who: string) =>
    unlessBusy(hasher.hash(password, { kind: "room", who, about: "new" }));
  const place = { tag: "rooms", params: { room: RoomId } } as const;
  const resourceOf = async (c: Context, room: RoomRecord): Promise<RoomResource> =>
    resourceAt(await originOfTenant(c, context, room.tenantId), room);
  const change = async (
    caller: TenantCaller,
    room: RoomRecord,
    version: number | undefined,
    wished: RoomChange,
  ): Promise<RoomRecord> => {
    await inTransaction(db, async (trx) => {
      if (await updateRoom(trx, room.id, version, wished).catch(throwSlugTaken) === undefined) {
        throw new DomainError("version.outdated");
      }
      if (wished.ownerId === undefined || wished.ownerId === room.owner?.id) return;
      await deleteMember(trx, room.id, wished.ownerId);
      if (room.owner !== null) await setMember(trx, room.id, room.owner.id, "moderator");
      await detachRoom(trx, room.id);
    });
    await rooms.refresh(room.id);
    if (wished.ownerId !== undefined) {
      await syncRoles(room.id, room.owner === null ? [wished.ownerId] : [room.owner.id, wished.ownerId]);
    }
    const changed = await findRoomRecord(db, room.id, readerOf(caller));
    if (changed === undefined) throw unknown("room");
    return changed;
  };

  return [
    route({
      method: "POST",
      path: "/v1/rooms",
      tag: "rooms",
      summary: "Create a room",
      description: "Also without signing in, unless the installation requires an account (ROOM_CREATION).",
      access: "anyone",
      scope: "rooms:write",
      limit: "room.create",
      body: CreateRoom,
      answer: RoomCreated,
      status: 201,
      location: ({ room }) => `/v1/rooms/${room}`,
      problems: {
        "signIn.needed": 401,
        "admin.needed": 403,
        "room.slugTaken": 409,
        "tenant.roomsSpent": 409,
        "signIn.busy": 503,
      },
    }, async ({ caller, body, c }) => {
      const { password, owner, ...wish } = body;
      const belongs = caller.kind === "nobody"
        ? requireNothingOwned(body, config.ROOM_CREATION)
        : await findOwner(caller, owner);
      const address = clientAddress(c, context);
      const full = caller.kind === "nobody" ? stored.refuseRoom(address) : undefined;
      if (full !== undefined) throw refusalError(full);
      const who = caller.kind === "nobody" ? address : nameOf(caller);
      const passwordHash = password === null ? null : await hashRoomPassword(password, who);
      const device = ensureDevice(c, config);
      const creator = caller.kind === "nobody" &&
        { findCreator: (room: RoomId) => identity.person("device", device, room) };
      const made = await makeRoom(db, { ...wish, ...belongs, ...creator, passwordHash }, now());
      const origin = caller.kind === "nobody"
        ? await requestOrigin(c, context)
        : await originOfTenant(c, context, readerOf(caller).tenantId);
      return { ...made, url: `${origin}/r/${made.room}#${made.link}` };
    }),

    route({
      method: "GET",
      path: "/v1/rooms",
      tag: "rooms",
      summary: "List rooms, newest first",
      access: "member",
      scope: "rooms:read",
      query: { ...pagedBy(Position), list: v.optional(RoomList) },
      answer: RoomPage,
      problems: { "admin.needed": 403 },
    }, async ({ caller, query: { limit, cursor, list }, c }) => {
      const chosen = list ?? (caller.kind === "key" ? "tenant" : "own");
      if (chosen === "tenant" && !actsForTenant(caller)) throw new ProblemError(403, "admin.needed");
      const rooms = await listRooms(db, readerOf(caller), chosen, { after: cursor, count: limit + 1 });
      const origin = await originOfTenant(c, context, readerOf(caller).tenantId);
      return pageFrom(
        rooms,
        limit,
        (room) => resourceAt(origin, room),
        ({ createdAt, id }) => [createdAt, id],
      );
    }),

    route({
      ...place,
      method: "GET",
      path: "/v1/rooms/{room}",
      summary: "Read a room",
      access: "member",
      scope: "rooms:read",
      answer: RoomResource,
      etag: ({ version }) => version,
    }, async ({ caller, params, c }) => resourceOf(c, await getRoomFor(db, caller, params.room, "read"))),

    route({
      ...place,
      method: "PATCH",
      path: "/v1/rooms/{room}",
      summary: "Change a room",
      description:
        "Participants in the room see the change immediately. A previous owner becomes a moderator.",
      access: "member",
      scope: "rooms:write",
      ifMatch: true,
      body: ChangeRoom,
      answer: RoomResource,
      etag: ({ version }) => version,
      problems: { "room.notAllowed": 403, "room.slugTaken": 409 },
    }, async ({ caller, params, body: { owner, ...wished }, version, c }) => {
      const room = await getRoomFor(db, caller, params.room, owner === undefined ? "lead" : "own");
      if (owner !== undefined) await requireAccount(room.tenantId, owner);
      const settings = wished.settings === undefined
        ? undefined
        : chosenSettings(wished.settings, await getLimits(db, room.tenantId));
      return resourceOf(c, await change(caller, room, version, { ...wished, settings, ownerId: owner }));
    }),

    route({
      ...place,
      method: "DELETE",
      path: "/v1/rooms/{room}",
      summary: "Delete a room, with its links, meetings and content",
      description:
        "Ends a meeting in progress. People invited to upcoming meetings in the room are notified by mail.",
      access: "member",
      scope: "rooms:write",
      ifMatch: true,
      problems: { "room.notAllowed": 403 },
    }, async ({ caller, params, version }) => {
      const { id } = await getRoomFor(db, caller, params.room, "own");
      const removal = await inTransaction(db, async (trx) => {
        const calledOff = await callOffMeetingsIn(trx, context, bearerOf(caller), id);
        if (!await deleteRoom(trx, id, version)) throw new DomainError("version.outdated");
        return calledOff;
      });
      await tellRemoval(removal);
    }),

    route({
      ...place,
      method: "PUT",
      path: "/v1/rooms/{room}/password",
      summary: "Set a room's password",
      access: "member",
      scope: "rooms:write",
      body: SetRoomPassword,
      answer: RoomResource,
      etag: ({ version }) => version,
      problems: { "room.notAllowed": 403, "signIn.busy": 503 },
    }, async ({ caller, params, body: { password }, c }) => {
      const room = await getRoomFor(db, caller, params.room, "lead");
      const passwordHash = await hashRoomPassword(password, nameOf(caller));
      return resourceOf(c, await change(caller, room, undefined, { passwordHash }));
    }),

    route({
      ...place,
      method: "DELETE",
      path: "/v1/rooms/{room}/password",
      summary: "Remove a room's password",
      access: "member",
      scope: "rooms:write",
      answer: RoomResource,
      etag: ({ version }) => version,
      problems: { "room.notAllowed": 403 },
    }, async ({ caller, params, c }) => {
      const room = await getRoomFor(db, caller, params.room, "lead");
      return resourceOf(c, await change(caller, room, undefined, { passwordHash: null }));
    }),
  ];

  async function requireAccount(tenantId: TenantId, account: AccountId): Promise<void> {
    if (await isOfTenant(db, tenantId, account)) return;
    throw fieldProblem({ in: "body", name: "owner", reason: "unknown" });
  }

  /** The owner of a new room: the caller, or a person named by an admin or an API key. */
  async function findOwner(
    caller: TenantCaller,
    wished: AccountId | undefined,
  ): Promise<{ tenantId: TenantId; ownerId: AccountId | undefined }> {
    requireEffect(bearerOf(caller), "room.make");
    const { tenantId, accountId } = readerOf(caller);
    if (wished === undefined || wished === accountId) return { tenantId, ownerId: accountId ?? undefined };
    if (!actsForTenant(caller)) throw new ProblemError(403, "admin.needed");
    await requireAccount(tenantId, wished);
    return { tenantId, ownerId: wished };
  }
}

/** A room as the API shows it, reached at `origin`. */
function resourceAt(origin: string, { tenantId: _, createdAt, ...room }: RoomRecord): RoomResource {
  return { ...room, url: `${origin}/r/${room.id}`, createdAt: new Date(createdAt).toISOString() };
}

/**
 * Limits what callers who are not signed in can choose. Throws 401 for the rest, or for all if rooms need an
 * account.
 */
function requireNothingOwned({ slug, owner, isAdhoc }: CreateRoom, creation: "anyone" | "accounts"): object {
  const owned = Object.entries({ slug: slug !== null, owner: owner !== undefined, isAdhoc })
    .filter(([, isChosen]) => isChosen).map((
      [name],
    ) => ({ in: "body", name, reason: "signIn.needed" } as const));
  if (creation === "accounts" || owned.length > 0) {
    throw new ProblemError(401, "signIn.needed", "Sign in, or send an API key.", { fields: owned });
  }
  return {};
}
