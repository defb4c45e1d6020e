import type { Audience } from "./audience_setting.ts";
import type { TokenKind } from "./kinds.ts";
import type { Role } from "./role.ts";
import { isAtLeast } from "./roles.ts";
import type { AudienceSetting, RoomSettings } from "./settings.ts";

/** Who has a right: every role from one upwards, or those named by the room's settings. */
export type RightRule =
  & (
    | { readonly least: Role }
    | {
      readonly setting: AudienceSetting;
      /** The least role that "everyone" means. */
      readonly everyone: Role;
      /** From this role upwards they have it, whatever the setting is. */
      readonly always: Role;
    }
  )
  & {
    /** The kinds besides persons that have the right, if their role has it; default: none. */
    readonly kinds?: readonly TokenKind[];
  };

/** A participant, or somebody who could be one, as far as rights are concerned. */
export interface RightHolder {
  readonly role: Role;
  /** Absent: a person. */
  readonly kind?: TokenKind | undefined;
}

/**
 * Rights of admission and media. Presenters may speak and share even if only moderators may; viewers never.
 */
export const CORE_RIGHTS = {
  speak: { setting: "speak", everyone: "guest", always: "presenter", kinds: ["phone", "ingest"] },
  camera: { setting: "camera", everyone: "guest", always: "presenter", kinds: ["ingest"] },
  share: { setting: "share", everyone: "guest", always: "presenter", kinds: ["ingest"] },
  /** One's own name. */
  rename: { setting: "rename", everyone: "viewer", always: "moderator" },
  renameOthers: { least: "moderator" },
  /** Once; they can unmute themselves. */
  muteOthers: { least: "moderator" },
  /** Stops a camera or a shared screen; they can start again. */
  stopOthers: { least: "moderator" },
  setRole: { least: "moderator" },
  /** See waiting participants, and admit or decline them. */
  admit: { least: "moderator" },
  remove: { least: "moderator" },
  /** Open and close spaces, move participants into them, and see what happens in all of them. */
  leadSpaces: { least: "moderator" },
  changeSettings: { least: "moderator" },
  endMeeting: { least: "moderator" },
} as const satisfies Record<string, RightRule>;

export type CoreRight = keyof typeof CORE_RIGHTS;

const AUDIENCE_LEAST = { members: "participant", presenters: "presenter", moderators: "moderator" } as const;

/** Whether a participant has a right with this rule in a room with these settings. */
export function isGranted(
  rule: RightRule,
  { role, kind }: RightHolder,
  settings: RoomSettings,
): boolean {
  if (kind !== undefined && rule.kinds?.includes(kind) !== true) return false;
  if ("least" in rule) return isAtLeast(role, rule.least);
  const audience: Audience = settings[rule.setting];
  const least = audience === "everyone" ? rule.everyone : AUDIENCE_LEAST[audience];
  return isAtLeast(role, least) || isAtLeast(role, rule.always);
}
