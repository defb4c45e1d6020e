import * as v from "valibot";
import { DEFAULT_SETTINGS } from "./default_settings.ts";
import { PersonId } from "./ids.ts";
import { command, event } from "./message.ts";
import { type RoomSettings, RoomSettingsChange } from "./settings.ts";

/** Longest room name, characters. */
export const MAX_ROOM_NAME = 120;

export const roomCommands = {
  /** Omitted fields stay unchanged. */
  "room.change": command("room.change", {
    name: v.optional(v.string()),
    settings: v.optional(RoomSettingsChange),
  }),
  /** Ends the meeting: all participants leave, including waiting ones. The room stays. */
  "room.end": command("room.end", {}),
};

export const roomEvents = {
  /** First event of every log. `creator`: the person who created it without an account, and so owns it. */
  "room.created": event("room.created", { name: v.string(), creator: v.optional(PersonId) }),
  "room.changed": event("room.changed", {
    name: v.optional(v.string()),
    settings: v.optional(RoomSettingsChange),
  }),
  "room.ended": event("room.ended", {}),
};

export interface Room {
  /** The name its creator gave it; can be empty. */
  readonly name: string;
  readonly createdAt: number;
  readonly creator: PersonId | null;
  readonly settings: RoomSettings;
}

export const EMPTY_ROOM: Room = { name: "", createdAt: 0, creator: null, settings: DEFAULT_SETTINGS };

export type RoomEvent = v.InferOutput<(typeof roomEvents)[keyof typeof roomEvents]>;

export function evolveRoom(room: Room, event: RoomEvent): Room {
  switch (event.type) {
    case "room.created":
      return { ...EMPTY_ROOM, name: event.name, createdAt: event.at, creator: event.creator ?? null };
    case "room.changed": {
      const { name = room.name, settings } = event;
      // JSON has no undefined.
      return { ...room, name, settings: { ...room.settings, ...settings as Partial<RoomSettings> } };
    }
    case "room.ended":
      return room;
    default:
      return event satisfies never;
  }
}
