/** Apart from the schemas: pages need these and no valibot. */
import type { RoomSettings } from "./settings.ts";

/** Most people in one room at once; a room's own limit may be lower. */
export const MAX_PARTICIPANTS = 500;

/** What a room does when nobody has chosen otherwise. */
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
