/** Separate from the schemas: pages need these without valibot. */
import type { RoomSettings } from "./settings.ts";

/** Most participants in one room; a room's own limit can be lower. */
export const MAX_PARTICIPANTS = 500;

/** Settings of a room unless its owner chooses others. */
export const DEFAULT_SETTINGS: RoomSettings = {
  waitingRoom: "off",
  joinBeforeHost: true,
  guests: true,
  maxParticipants: MAX_PARTICIPANTS,
  speak: "everyone",
  camera: "everyone",
  share: "everyone",
  chat: "everyone",
  rename: "everyone",
  react: "everyone",
};
