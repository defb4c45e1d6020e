import { isAtLeast, type Role } from "./role.ts";
import type { Audience, AudienceSetting, RoomSettings } from "./settings.ts";

/** Who has a right: every role from one upwards, or those named by the room's settings. */
export type RightRule =
  | { readonly least: Role }
  | {
    readonly setting: AudienceSetting;
    /** The least role that "everyone" means. */
    readonly everyone: Role;
    /** From this role upwards they have it, whatever the setting is. */
    readonly always: Role;
  };

/**
 * Who may do what in a room: the single source. A missing right is refused as `{right}.notAllowed`.
 * Presenters may speak and share even if only moderators may; viewers never.
 */
export const RIGHTS = {
  speak: { setting: "speak", everyone: "guest", always: "presenter" },
  camera: { setting: "camera", everyone: "guest", always: "presenter" },
  share: { setting: "share", everyone: "guest", always: "presenter" },
  chat: { setting: "chat", everyone: "viewer", always: "moderator" },
  react: { setting: "react", everyone: "viewer", always: "moderator" },
  /** One's own name. */
  rename: { setting: "rename", everyone: "viewer", always: "moderator" },
  raiseHand: { least: "viewer" },
  lowerHands: { least: "moderator" },
  renameOthers: { least: "moderator" },
  /** Messages of others; everyone may delete their own. */
  deleteMessages: { least: "moderator" },
  /** Once; they can unmute themselves. */
  muteOthers: { least: "moderator" },
  /** Stops a camera or a shared screen; they can start again. */
  stopOthers: { least: "moderator" },
  setRole: { least: "moderator" },
  /** See waiting participants, and admit or decline them. */
  admit: { least: "moderator" },
  remove: { least: "moderator" },
  changeSettings: { least: "moderator" },
  endMeeting: { least: "moderator" },
} as const satisfies Record<string, RightRule>;

export type Right = keyof typeof RIGHTS;

/** All rights, in the order of the table. */
export const RIGHT_NAMES = Object.keys(RIGHTS) as Right[];

/** Refusal of each right. */
export type RightRefusal = `${Right}.notAllowed`;

const AUDIENCE_LEAST = { members: "participant", presenters: "presenter", moderators: "moderator" } as const;

/** Whether `role` has `right` in a room with these settings. */
export function may(right: Right, role: Role, settings: RoomSettings): boolean {
  const rule: RightRule = RIGHTS[right];
  if ("least" in rule) return isAtLeast(role, rule.least);
  const audience: Audience = settings[rule.setting];
  const least = audience === "everyone" ? rule.everyone : AUDIENCE_LEAST[audience];
  return isAtLeast(role, least) || isAtLeast(role, rule.always);
}
