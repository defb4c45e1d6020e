import * as v from "valibot";

/**
 * What somebody is in a room, the mightiest first. Owner: whose room it is. Cohost: leads it as well (with the owner: the moderators).
 * Presenter: may always speak and show. Participant: a member of the house. Guest: came by link, without an account. Viewer: watches.
 */
export const ROLES = ["owner", "cohost", "presenter", "participant", "guest", "viewer"] as const;
export const Role = v.picklist(ROLES);
export type Role = (typeof ROLES)[number];

/** Whether `role` may do what `least` may. */
export function isAtLeast(role: Role, least: Role): boolean {
  return ROLES.indexOf(role) <= ROLES.indexOf(least);
}

/** Owner or cohost. */
export function isModerator(role: Role): boolean {
  return isAtLeast(role, "cohost");
}

/** The mightiest of `roles`; undefined: there are none. */
export function mightiest(roles: readonly Role[]): Role | undefined {
  return ROLES.find((role) => roles.includes(role));
}
