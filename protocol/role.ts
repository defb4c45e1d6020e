import * as v from "valibot";
import { ParticipantId } from "./ids.ts";
import { command, event } from "./message.ts";

/**
 * Roles in a room, highest first. Owner: owns the room. Moderator: moderates it too (owner and moderators are
 * the moderators). Presenter: may always speak and share. Participant: a member of the tenant. Guest: joined
 * with a link, without an account. Viewer: watches.
 */
export const ROLES = ["owner", "moderator", "presenter", "participant", "guest", "viewer"] as const;
/** Role in a room, highest first: owner, moderator, presenter, participant, guest, viewer. */
export const Role = v.picklist(ROLES);
export type Role = (typeof ROLES)[number];

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

/** Roles that moderators can give in a meeting: ownership of the room does not change. */
export const GivenRole = v.picklist(["moderator", "presenter", "participant", "guest", "viewer"]);
export type GivenRole = v.InferOutput<typeof GivenRole>;

export const roleCommands = {
  /** Gives a participant a role until the meeting ends, even when they leave and come back. */
  "role.set": command("role.set", { participantId: ParticipantId, role: GivenRole }),
};

export const roleEvents = {
  /** All tabs of the same person have the role now. */
  "role.changed": event("role.changed", { participantId: ParticipantId, role: Role }),
};

export type RoleEvent = v.InferOutput<(typeof roleEvents)[keyof typeof roleEvents]>;
