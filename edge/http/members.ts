import type { RouteContext } from "../context.ts";
import { AccountId, RoomId } from "@tafelrunde/protocol";
import { MAX_MEMBERS, RoomMember, RoomMemberPage, SetMember } from "@tafelrunde/protocol/http";
import * as v from "valibot";
import type { SyncRoles } from "../rooms/sync_roles.ts";
import {
  countMembers,
  deleteMember,
  findMember,
  listMembers,
  type Member,
  setMember,
} from "../store/member.ts";
import { isOfTenant } from "../store/quota.ts";
import { pagedBy, pageFrom, PositionName } from "./paging.ts";
import { ProblemError, unknown } from "./problem.ts";
import { getRoomFor } from "./room_access.ts";
import { type Route, route } from "../route.ts";

/** Position of a page of members: name in lower case, id. */
const Position = v.tuple([PositionName, AccountId]);

/** /v1/rooms/{room}/members: accounts that have a role in a room. */
export function memberRoutes({ db }: RouteContext, syncRoles: SyncRoles): Route[] {
  const place = { tag: "rooms", access: "member" } as const;
  const params = { room: RoomId, account: AccountId };
  return [
    route({
      ...place,
      method: "GET",
      path: "/v1/rooms/{room}/members",
      summary: "List a room's members, by name",
      scope: "rooms:read",
      params: { room: RoomId },
      query: pagedBy(Position),
      answer: RoomMemberPage,
    }, async ({ caller, params, query: { limit, cursor } }) => {
      const { id } = await getRoomFor(db, caller, params.room, "read");
      const members = await listMembers(db, id, { after: cursor, count: limit + 1 });
      return pageFrom(members, limit, memberOf, ({ sortName, id }) => [sortName, id]);
    }),

    route({
      ...place,
      method: "PUT",
      path: "/v1/rooms/{room}/members/{account}",
      summary: "Set a member's role in a room",
      description: "Only the owner, admins and API keys can add or remove moderators.",
      scope: "rooms:write",
      params,
      body: SetMember,
      problems: { "room.notAllowed": 403, "room.membersSpent": 409, "member.isOwner": 409 },
    }, async ({ caller, params, body: { role } }) => {
      const before = await findMember(db, params.room, params.account);
      const isAboutModerator = role === "moderator" || before === "moderator";
      const room = await getRoomFor(db, caller, params.room, isAboutModerator ? "own" : "lead");
      if (!await isOfTenant(db, room.tenantId, params.account)) throw unknown("account");
      if (room.owner?.id === params.account) {
        throw new ProblemError(409, "member.isOwner", "This account owns the room.");
      }
      if (before === undefined && await countMembers(db, room.id) >= MAX_MEMBERS) {
        throw new ProblemError(409, "room.membersSpent", `A room can have at most ${MAX_MEMBERS} members.`);
      }
      await setMember(db, room.id, params.account, role);
      await syncRoles(room.id, [params.account]);
    }),

    route({
      ...place,
      method: "DELETE",
      path: "/v1/rooms/{room}/members/{account}",
      summary: "Remove a member from a room",
      description: "Callers can always remove themselves.",
      scope: "rooms:write",
      params,
      problems: { "room.notAllowed": 403 },
    }, async ({ caller, params }) => {
      const isOwn = caller.kind === "account" && caller.account.id === params.account;
      const before = await findMember(db, params.room, params.account);
      const right = isOwn ? "read" : before === "moderator" ? "own" : "lead";
      const room = await getRoomFor(db, caller, params.room, right);
      if (!await deleteMember(db, room.id, params.account)) throw unknown("account");
      await syncRoles(room.id, [params.account]);
    }),
  ];
}

function memberOf({ id, name, email, role }: Member): RoomMember {
  return { account: { id, name, email }, role };
}
