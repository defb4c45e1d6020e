import * as v from "valibot";
import { ParticipantId } from "./ids.ts";
import { command, event } from "./message.ts";

/**
 * What somebody is in a room, the mightiest first. Owner: whose room it is. Cohost: leads it as well (with the owner: the moderators).
 * Presenter: may always speak and show. Participant: a member of the house. Guest: came by link, without an account. Viewer: watches.
 */
export const ROLES = ["owner", "cohost", "presenter", "participant", "guest", "viewer"] as const;
/** What somebody is in a room, the mightiest first: owner, cohost, presenter, participant, guest, viewer. */
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

/** Roles that moderators give in a meeting: whose room it is does not change. */
export const GivenRole = v.picklist(["cohost", "presenter", "participant", "guest", "viewer"]);
export type GivenRole = v.InferOutput<typeof GivenRole>;

export const roleCommands = {
  /** Gives somebody a role until the meeting ends, also when they leave and come back. */
  "role.set": command("role.set", { participantId: ParticipantId, role: GivenRole }),
};

export const roleEvents = {
  /** Everyone who is the same person has the role now. */
  "role.changed": event("role.changed", { participantId: ParticipantId, role: Role }),
};

export type RoleEvent = v.InferOutput<(typeof roleEvents)[keyof typeof roleEvents]>;
