import type { Event } from "./down.ts";
import type { RoomState } from "./room_state.ts";

/** Who is told of an event. */
export type EventAudience = "everyone" | "moderators";

/** Who is told of events of this type; the others get `skipped` in its place. */
export function audienceOf(type: Event["type"]): EventAudience {
  return type.startsWith("waiting.") ? "moderators" : "everyone";
}

/** `state` as somebody may see it who is not told of moderators' events. */
export function withoutModerators(state: RoomState): RoomState {
  return { ...state, waiting: {} };
}

/** Events that version 2 of the protocol knows. */
const VERSION_2: ReadonlySet<string> = new Set<Event["type"]>([
  "room.created",
  "participant.joined",
  "participant.away",
  "participant.returned",
  "participant.left",
  "hand.raised",
  "hand.lowered",
  "chat.posted",
  "track.published",
  "track.muted",
  "track.unmuted",
  "track.unpublished",
]);

/** The first version of the protocol that knows events of this type. Who speaks an older one gets a snapshot in place of the event. */
export function knownSince(type: Event["type"]): number {
  return VERSION_2.has(type) ? 2 : 3;
}
