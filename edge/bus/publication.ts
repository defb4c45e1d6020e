import type { Event, RoomId } from "@tafelrunde/protocol";
import { type Growth, PUBLICATION_LIMIT_BYTES } from "./bus.ts";

const encoder = new TextEncoder();

/** One publication as text: by value, or by reference where it would be too large. */
export function writePublication(roomId: RoomId, growth: Growth): string {
  const text = JSON.stringify([roomId, growth.seq, growth.events]);
  const isSmall = text.length * 3 <= PUBLICATION_LIMIT_BYTES ||
    encoder.encode(text).length <= PUBLICATION_LIMIT_BYTES;
  return isSmall ? text : JSON.stringify([roomId, growth.seq, []]);
}

/** Reads what `writePublication` wrote; undefined: it is something else. Only edges write here, so the events are taken as they are. */
export function readPublication(text: string): { roomId: RoomId; growth: Growth } | undefined {
  try {
    const [roomId, seq, events]: [RoomId, number, Event[]] = JSON.parse(text);
    if (typeof roomId !== "string" || !Number.isSafeInteger(seq) || !Array.isArray(events)) return undefined;
    return { roomId, growth: { seq, events } };
  } catch {
    return undefined;
  }
}
