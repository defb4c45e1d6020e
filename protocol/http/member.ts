import * as v from "valibot";
import { AccountId } from "../ids.ts";
import { LinkRole } from "./link.ts";
import { pageOf } from "./page.ts";

/** Most accounts that have a role in one room. */
export const MAX_MEMBERS = 2_000;

/** An account that has a role in a room, beside its owner. */
export const RoomMember = v.strictObject({
  account: v.strictObject({ id: AccountId, name: v.string(), email: v.nullable(v.string()) }),
  role: LinkRole,
});
export type RoomMember = v.InferOutput<typeof RoomMember>;

/** GET /v1/rooms/{room}/members, by name. */
export const RoomMemberPage = pageOf(RoomMember);

/** PUT /v1/rooms/{room}/members/{account} */
export const SetMember = v.strictObject({ role: LinkRole });
