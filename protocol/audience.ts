import type { Event } from "./down.ts";
import type { RoomState } from "./room_state.ts";

/** Who receives an event. */
export type EventAudience = "everyone" | "moderators";

/** Who receives events of this type; everyone else gets `skipped` instead. */
export function audienceOf(type: Event["type"]): EventAudience {
  return type.startsWith("waiting.") ? "moderators" : "everyone";
}

/** `state` as seen by clients that do not receive events for moderators. */
export function withoutModerators(state: RoomState): RoomState {
  return { ...state, waiting: {} };
}
