import * as v from "valibot";
import { Audience } from "./audience_setting.ts";
import { MAX_PARTICIPANTS } from "./default_settings.ts";
import { featureSettings } from "./feature_schemas.ts";
import { strictObject } from "./object.ts";

/** Who has to wait until a moderator admits them. Moderators never do. */
export const WaitingRoom = v.picklist(["off", "guests", "everyone"]);
export type WaitingRoom = v.InferOutput<typeof WaitingRoom>;

const settings = {
  waitingRoom: WaitingRoom,
  /** Whether participants can be in the room before a moderator is. If not, they wait for one. */
  joinBeforeHost: v.boolean(),
  /** Whether people who are not signed in can join. */
  guests: v.boolean(),
  /** Most participants at once. */
  maxParticipants: v.pipe(v.number(), v.integer(), v.minValue(2), v.maxValue(MAX_PARTICIPANTS)),
  speak: Audience,
  camera: Audience,
  share: Audience,
  rename: Audience,
  ...featureSettings,
};

/** A room's settings: chosen by its owner, stored in the log and in the database. */
export const RoomSettings = strictObject(settings);
export type RoomSettings = v.InferOutput<typeof RoomSettings>;

/** Functions of a room with a setting for who may use them. */
export type AudienceSetting = {
  [Name in keyof RoomSettings]: Audience extends RoomSettings[Name] ? Name : never;
}[keyof RoomSettings];

/** A change of some of a room's settings. */
export const RoomSettingsChange = v.partial(RoomSettings);
export type RoomSettingsChange = v.InferOutput<typeof RoomSettingsChange>;
