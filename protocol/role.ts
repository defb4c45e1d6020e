import * as v from "valibot";
import { ParticipantId } from "./ids.ts";
import { command, event } from "./message.ts";
import { ROLES } from "./roles.ts";

/** Role in a room, highest first: owner, moderator, presenter, participant, guest, viewer. */
export const Role = v.picklist(ROLES);
export type Role = (typeof ROLES)[number];

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
