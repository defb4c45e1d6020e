import * as v from "valibot";
import { LinkRole } from "./link.ts";
import { pageOf } from "./page.ts";
import { strictObject } from "../object.ts";
import { AccountContact } from "./reference.ts";

/** Most members per room. */
export const MAX_MEMBERS = 2_000;

/** An account that has a role in a room, other than the owner. */
export const RoomMember = strictObject({
  /** The member's account. */
  account: AccountContact,
  role: LinkRole,
});
export type RoomMember = v.InferOutput<typeof RoomMember>;

/** GET /v1/rooms/{room}/members, sorted by name. */
export const RoomMemberPage = pageOf(RoomMember);

/** PUT /v1/rooms/{room}/members/{account} */
export const SetMember = strictObject({ role: LinkRole });
