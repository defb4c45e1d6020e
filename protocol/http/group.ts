import * as v from "valibot";
import { GroupId } from "../ids.ts";
import { pageOf } from "./page.ts";
import { line, ResourceVersion, Time } from "./text.ts";
import { strictObject } from "../object.ts";
import { AccountContact } from "./reference.ts";

/** Most groups per tenant. */
export const MAX_GROUPS = 10_000;

/** POST /v1/groups */
export const CreateGroup = strictObject({
  /** The group's name, unique in its tenant. */
  name: line(80, 1),
});

/** PATCH /v1/groups/{group}: a JSON Merge Patch. */
export const ChangeGroup = v.partial(strictObject(CreateGroup.entries));

/** A named group of people of one tenant. */
export const Group = strictObject({
  id: GroupId,
  /** The group's name. */
  name: v.string(),
  /** Whether its members come from the identity provider's claim instead of being edited here. */
  isExternal: v.boolean(),
  version: ResourceVersion,
  createdAt: Time,
});
export type Group = v.InferOutput<typeof Group>;

/** GET /v1/groups, sorted by name. */
export const GroupPage = pageOf(Group);

/** GET /v1/groups/{group}/members, sorted by name. */
export const GroupMemberPage = pageOf(AccountContact);
