import type { AccountId, Event, RoomId } from "@tafelrunde/protocol";
import { type Growth, type Moment, PUBLICATION_LIMIT_BYTES } from "./bus.ts";

const encoder = new TextEncoder();

/** Writes a publication as text; without its events if it would be too large. */
export function writePublication(roomId: RoomId, growth: Growth): string {
  const { seq, events, moments = [], isEntryChanged = false } = growth;
  const text = JSON.stringify([roomId, seq, events, moments, isEntryChanged]);
  const isSmall = text.length * 3 <= PUBLICATION_LIMIT_BYTES ||
    encoder.encode(text).length <= PUBLICATION_LIMIT_BYTES;
  return isSmall ? text : JSON.stringify([roomId, seq, [], [], isEntryChanged]);
}

/**
 * Reads a text of `writePublication`; undefined: it is not one. Only edges write here, so events are not
 * validated.
 */
export function readPublication(text: string): { roomId: RoomId; growth: Growth } | undefined {
  try {
    const [roomId, seq, events, moments, isEntryChanged]: [RoomId, number, Event[], Moment[], unknown?] = JSON
      .parse(text);
    if (typeof roomId !== "string" || !Number.isSafeInteger(seq)) return undefined;
    if (!Array.isArray(events) || !Array.isArray(moments)) return undefined;
    return { roomId, growth: { seq, events, moments, isEntryChanged: isEntryChanged === true } };
  } catch {
    return undefined;
  }
}

/** Writes the accounts whose sessions have ended as text. */
export function writeSignOut(accounts: readonly AccountId[]): string {
  return JSON.stringify(accounts);
}

/** Reads a text of `writeSignOut`; empty: it is not one. */
export function readSignOut(text: string): readonly AccountId[] {
  try {
    const accounts: AccountId[] = JSON.parse(text);
    return Array.isArray(accounts) ? accounts : [];
  } catch {
    return [];
  }
}
