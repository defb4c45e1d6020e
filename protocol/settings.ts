import * as v from "valibot";
import { MAX_PARTICIPANTS } from "./default_settings.ts";
import { strictObject } from "./object.ts";

/** Who may use one of a room's functions: everyone, everyone but guests, presenters and moderators, or moderators alone. */
export const Audience = v.picklist(["everyone", "members", "presenters", "moderators"]);
export type Audience = v.InferOutput<typeof Audience>;

/** Who has to wait until a moderator lets them in. Moderators never do. */
export const WaitingRoom = v.picklist(["off", "guests", "everyone"]);
export type WaitingRoom = v.InferOutput<typeof WaitingRoom>;

/** Functions of a room whose users its owner chooses. */
export const AUDIENCE_SETTINGS = ["speak", "camera", "share", "chat", "rename", "react"] as const;
export type AudienceSetting = (typeof AUDIENCE_SETTINGS)[number];

const settings = {
  waitingRoom: WaitingRoom,
  /** Whether people may be in the room before a moderator is. If not, they wait for one. */
  joinBeforeHost: v.boolean(),
  /** Whether people who are not signed in may come in at all. */
  guests: v.boolean(),
  /** Most people at once. */
  maxParticipants: v.pipe(v.number(), v.integer(), v.minValue(2), v.maxValue(MAX_PARTICIPANTS)),
  speak: Audience,
  camera: Audience,
  share: Audience,
  chat: Audience,
  rename: Audience,
  react: Audience,
};

/** How a room works: its owner's choice, in the log and in the database. */
export const RoomSettings = strictObject(settings);
export type RoomSettings = v.InferOutput<typeof RoomSettings>;

/** A change of some of them. */
export const RoomSettingsChange = v.partial(RoomSettings);
export type RoomSettingsChange = v.InferOutput<typeof RoomSettingsChange>;
