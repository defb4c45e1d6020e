import * as v from "valibot";
import { GroupId } from "../ids.ts";
import { pageOf } from "./page.ts";
import { line, ResourceVersion, Time } from "./text.ts";
import { strictObject } from "../object.ts";
import { AccountContact } from "./reference.ts";

/** Most groups of one tenant. */
export const MAX_GROUPS = 10_000;

/** POST /v1/groups */
export const CreateGroup = strictObject({
  /** What the group is called, once in its tenant. */
  name: line(80, 1),
});

/** PATCH /v1/groups/{group}: a JSON Merge Patch. */
export const ChangeGroup = v.partial(strictObject(CreateGroup.entries));

/** Some of a tenant's people, under a name. */
export const Group = strictObject({
  id: GroupId,
  /** What it is called. */
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
export const GroupMemberPage = pageOf(AccountContact);
