/**
 * Roles in a room, highest first. Owner: owns the room. Moderator: moderates it too (owner and moderators are
 * the moderators). Presenter: may always speak and share. Participant: a member of the tenant. Guest: joined
 * with a link, without an account. Viewer: watches.
 */
export const ROLES = ["owner", "moderator", "presenter", "participant", "guest", "viewer"] as const;
type Role = (typeof ROLES)[number];

/** Whether `role` is `least` or higher. */
export function isAtLeast(role: Role, least: Role): boolean {
  return ROLES.indexOf(role) <= ROLES.indexOf(least);
}

/** Owner or moderator. */
export function moderates(role: Role): boolean {
  return isAtLeast(role, "moderator");
}

/** The highest of `roles`; undefined: there are none. */
export function highestRole(roles: readonly Role[]): Role | undefined {
  return ROLES.find((role) => roles.includes(role));
}
