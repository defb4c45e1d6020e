import type { RouteContext } from "../context.ts";
import { AccountId, GroupId, newRowId } from "@tafelrunde/protocol";
import {
  ChangeGroup,
  CreateGroup,
  Group,
  GroupMemberPage,
  GroupPage,
  MAX_GROUPS,
} from "@tafelrunde/protocol/http";
import * as v from "valibot";
import { DomainError } from "../errors.ts";
import { bearerOf, type TenantCaller } from "../identity/caller.ts";
import { requireEffect } from "../identity/effects.ts";
import { violates } from "../store/constraint.ts";
import {
  addToGroup,
  countGroups,
  deleteGroup,
  findGroup,
  type GroupRecord,
  insertGroup,
  listGroupMembers,
  listGroups,
  removeFromGroup,
  renameGroup,
} from "../store/group.ts";
import { isOfTenant } from "../store/quota.ts";
import { pagedBy, pageFrom, PositionName } from "./paging.ts";
import { ProblemError, unknown } from "./problem.ts";
import { readerOf } from "./room_access.ts";
import { type Route, route } from "../route.ts";
import { timeOf } from "./time.ts";

/** Position of a page of groups, or of a group's members: name, id. */
const GroupPosition = v.tuple([PositionName, GroupId]);
const MemberPosition = v.tuple([PositionName, AccountId]);

/** /v1/groups: named groups of a tenant's people. */
export function groupRoutes({ db, now }: RouteContext): Route[] {
  const get = async (caller: TenantCaller, id: GroupId): Promise<GroupRecord> => {
    const group = await findGroup(db, readerOf(caller).tenantId, id);
    if (group === undefined) throw unknown("group");
    return group;
  };
  /** A group that is not managed by the identity provider. */
  const getOwn = async (caller: TenantCaller, id: GroupId): Promise<GroupRecord> => {
    requireEffect(bearerOf(caller), "group.change");
    const group = await get(caller, id);
    if (group.isExternal) {
      throw new ProblemError(409, "group.isExternal", "The identity provider manages this group.");
    }
    return group;
  };
  const place = { tag: "people" } as const;
  const resource = {
    ...place,
    answer: Group,
    etag: ({ version }: { readonly version: number }) => version,
  } as const;
  const change = { access: "admin", scope: "people:write" } as const;
  const params = { group: GroupId };
  const membership = { group: GroupId, account: AccountId };

  return [
    route({
      ...place,
      method: "GET",
      path: "/v1/groups",
      summary: "List groups, by name",
      access: "member",
      scope: "people:read",
      query: pagedBy(GroupPosition),
      answer: GroupPage,
    }, async ({ caller, query: { limit, cursor } }) => {
      const groups = await listGroups(db, readerOf(caller).tenantId, { after: cursor, count: limit + 1 });
      return pageFrom(groups, limit, groupOf, ({ sortName, id }) => [sortName, id]);
    }),

    route({
      ...resource,
      ...change,
      method: "POST",
      path: "/v1/groups",
      summary: "Create a group",
      body: CreateGroup,
      status: 201,
      location: ({ id }) => `/v1/groups/${id}`,
      problems: { "group.nameTaken": 409, "tenant.groupsSpent": 409 },
    }, async ({ caller, body }) => {
      requireEffect(bearerOf(caller), "group.change");
      const { tenantId } = readerOf(caller);
      if (await countGroups(db, tenantId) >= MAX_GROUPS) {
        throw new ProblemError(409, "tenant.groupsSpent", `A tenant can have at most ${MAX_GROUPS} groups.`);
      }
      const id = newRowId() as GroupId;
      await insertGroup(db, { id, tenantId, ...body }, now()).catch(throwTaken);
      return groupOf(await get(caller, id));
    }),

    route({
      ...resource,
      method: "GET",
      path: "/v1/groups/{group}",
      summary: "Read a group",
      access: "member",
      scope: "people:read",
      params,
    }, async ({ caller, params: { group } }) => groupOf(await get(caller, group))),

    route({
      ...resource,
      ...change,
      method: "PATCH",
      path: "/v1/groups/{group}",
      summary: "Rename a group",
      params,
      ifMatch: true,
      body: ChangeGroup,
      problems: { "group.nameTaken": 409, "group.isExternal": 409 },
    }, async ({ caller, params: { group }, body: { name }, version }) => {
      const { id } = await getOwn(caller, group);
      if (!await renameGroup(db, id, version, name).catch(throwTaken)) {
        throw new DomainError("version.outdated");
      }
      return groupOf(await get(caller, id));
    }),

    route({
      ...place,
      ...change,
      method: "DELETE",
      path: "/v1/groups/{group}",
      summary: "Delete a group, but not its people",
      params,
      ifMatch: true,
      problems: { "group.isExternal": 409 },
    }, async ({ caller, params: { group }, version }) => {
      const { id } = await getOwn(caller, group);
      if (!await deleteGroup(db, id, version)) throw new DomainError("version.outdated");
    }),

    route({
      ...place,
      method: "GET",
      path: "/v1/groups/{group}/members",
      summary: "List a group's members, by name",
      access: "member",
      scope: "people:read",
      params,
      query: pagedBy(MemberPosition),
      answer: GroupMemberPage,
    }, async ({ caller, params: { group }, query: { limit, cursor } }) => {
      const { id } = await get(caller, group);
      const members = await listGroupMembers(db, id, { after: cursor, count: limit + 1 });
      return pageFrom(
        members,
        limit,
        ({ sortName: _, ...member }) => member,
        ({ sortName, id }) => [sortName, id],
      );
    }),

    route({
      ...place,
      ...change,
      method: "PUT",
      path: "/v1/groups/{group}/members/{account}",
      summary: "Add a person to a group",
      params: membership,
      problems: { "group.isExternal": 409 },
    }, async ({ caller, params: { group, account } }) => {
      const { id } = await getOwn(caller, group);
      if (!await isOfTenant(db, readerOf(caller).tenantId, account)) throw unknown("account");
      await addToGroup(db, id, account);
    }),

    route({
      ...place,
      ...change,
      method: "DELETE",
      path: "/v1/groups/{group}/members/{account}",
      summary: "Remove a person from a group",
      params: membership,
      problems: { "group.isExternal": 409 },
    }, async ({ caller, params: { group, account } }) => {
      const { id } = await getOwn(caller, group);
      if (!await removeFromGroup(db, id, account)) throw unknown("account");
    }),
  ];
}

function groupOf({ createdAt, sortName: _, ...group }: GroupRecord): Group {
  return { ...group, createdAt: timeOf(createdAt) };
}

function throwTaken(error: unknown): never {
  if (!violates(error, "people_group_tenant_id_name_key")) throw error;
  throw new ProblemError(409, "group.nameTaken", "Another group already has this name.", {
    fields: [{ in: "body", name: "name", reason: "taken" }],
  });
}
