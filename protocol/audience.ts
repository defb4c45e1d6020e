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
