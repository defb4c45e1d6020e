/** Separate from the schemas: pages need these without valibot. */
import type { MergedOf } from "./feature.ts";
import { features } from "./feature_states.ts";
import type { RoomSettings } from "./settings.ts";

/** Most participants in one room; a room's own limit can be lower. */
export const MAX_PARTICIPANTS = 500;

/** Most devices in a room, those of all people together. */
export const MAX_CONNECTIONS = 2 * MAX_PARTICIPANTS;

type FeatureDefaults = MergedOf<NonNullable<(typeof features)[keyof typeof features]["settings"]>>;

function defaultsOfFeatures(): FeatureDefaults {
  return Object.assign({}, ...Object.values(features).map(({ settings }) => settings));
}

/** Settings of a room unless its owner chooses others. */
export const DEFAULT_SETTINGS: RoomSettings = {
  waitingRoom: "off",
  joinBeforeHost: true,
  guests: true,
  maxParticipants: MAX_PARTICIPANTS,
  speak: "everyone",
  camera: "everyone",
  share: "everyone",
  rename: "everyone",
  .../* @__PURE__ */ defaultsOfFeatures(),
};
