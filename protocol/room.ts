import * as v from "valibot";
import { event } from "./message.ts";

/** Longest room name, characters. */
export const MAX_ROOM_NAME = 120;

export const roomEvents = {
  /** First event of every log. */
  "room.created": event("room.created", { name: v.string() }),
};

export interface Room {
  /** What its creator called it; empty when they called it nothing. */
  readonly name: string;
  readonly createdAt: number;
}

export type RoomEvent = v.InferOutput<(typeof roomEvents)[keyof typeof roomEvents]>;

export function evolveRoom(_room: Room, event: RoomEvent): Room {
  return { name: event.name, createdAt: event.at };
}
