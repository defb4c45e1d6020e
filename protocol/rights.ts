import { isAtLeast, type Role } from "./role.ts";
import type { Audience, AudienceSetting, RoomSettings } from "./settings.ts";

/** Who has a right: everyone from a role upwards, or whom the room's settings name. */
export type RightRule =
  | { readonly least: Role }
  | {
    readonly setting: AudienceSetting;
    /** The least role that "everyone" means. */
    readonly everyone: Role;
    /** From this role upwards they have it whatever the setting says. */
    readonly always: Role;
  };

/**
 * Who may do what in a room: the only place that says so. A right that is missing is refused as `{right}.notAllowed`.
 * Presenters speak and show even where only moderators may; viewers never do.
 */
export const RIGHTS = {
  speak: { setting: "speak", everyone: "guest", always: "presenter" },
  camera: { setting: "camera", everyone: "guest", always: "presenter" },
  share: { setting: "share", everyone: "guest", always: "presenter" },
  chat: { setting: "chat", everyone: "viewer", always: "cohost" },
  react: { setting: "react", everyone: "viewer", always: "cohost" },
  /** One's own name. */
  rename: { setting: "rename", everyone: "viewer", always: "cohost" },
  raiseHand: { least: "viewer" },
  lowerHands: { least: "cohost" },
  renameOthers: { least: "cohost" },
  /** Others' messages of the chat; one's own may everyone who has written them. */
  deleteMessages: { least: "cohost" },
  /** Once; they may speak again. */
  muteOthers: { least: "cohost" },
  /** Ends a camera's picture or a shared screen; they may show again. */
  stopOthers: { least: "cohost" },
  setRole: { least: "cohost" },
  /** Sees who waits, lets them in or sends them away. */
  admit: { least: "cohost" },
  remove: { least: "cohost" },
  changeSettings: { least: "cohost" },
  endMeeting: { least: "cohost" },
} as const satisfies Record<string, RightRule>;

export type Right = keyof typeof RIGHTS;

/** All of them, in the order of the table. */
export const RIGHT_NAMES = Object.keys(RIGHTS) as Right[];

/** Refusal of each right. */
export type RightRefusal = `${Right}.notAllowed`;

const AUDIENCE_LEAST = { members: "participant", presenters: "presenter", moderators: "cohost" } as const;

/** Whether `role` has `right` in a room with these settings. */
export function may(right: Right, role: Role, settings: RoomSettings): boolean {
  const rule: RightRule = RIGHTS[right];
  if ("least" in rule) return isAtLeast(role, rule.least);
  const audience: Audience = settings[rule.setting];
  const least = audience === "everyone" ? rule.everyone : AUDIENCE_LEAST[audience];
  return isAtLeast(role, least) || isAtLeast(role, rule.always);
}
