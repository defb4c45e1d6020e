import * as v from "valibot";
import { AccountId, GroupId } from "../ids.ts";
import { pageOf } from "./page.ts";
import { line, ResourceVersion, Time } from "./text.ts";

/** Most groups of one tenant. */
export const MAX_GROUPS = 10_000;

/** POST /v1/groups and PATCH /v1/groups/{group} */
export const NameGroup = v.strictObject({ name: line(80, 1) });

/** Some of a tenant's people, under a name. */
export const Group = v.strictObject({
  id: GroupId,
  name: v.string(),
  /** Kept by the identity provider's claim, not by hand. */
  isExternal: v.boolean(),
  version: ResourceVersion,
  createdAt: Time,
});
export type Group = v.InferOutput<typeof Group>;

/** GET /v1/groups, by name. */
export const GroupPage = pageOf(Group);

/** GET /v1/groups/{group}/members, by name. */
export const GroupMemberPage = pageOf(v.strictObject({
  id: AccountId,
  name: v.string(),
  email: v.nullable(v.string()),
}));
