import type { Event } from "./down.ts";
import { FEATURE_NAMES, featureOf, features, type FeatureSlices } from "./feature_states.ts";
import type { ParticipantId } from "./ids.ts";
import type { RoomState } from "./room_state.ts";

/** Who receives an event; everyone else gets `skipped` instead. An empty list: nobody. */
export type EventAudience = "everyone" | "moderators" | { readonly only: readonly ParticipantId[] };

/** Who reads a room's log. */
export interface Reader {
  readonly participantId: ParticipantId;
  readonly moderates: boolean;
}

type AudienceOf = (slice: unknown, event: Event) => EventAudience;
type Visible = (slice: unknown, reader: Reader) => unknown;

/** Who receives `event`. `before`: the state before it. */
export function audienceOf(event: Event, before: RoomState): EventAudience {
  const name = featureOf(event.type);
  if (name === undefined) return event.type.startsWith("waiting.") ? "moderators" : "everyone";
  const audiences = features[name].audience as Readonly<Record<string, AudienceOf>> | undefined;
  return audiences?.[event.type]?.(before[name], event) ?? "everyone";
}

/** Whether `reader` is in the audience. */
export function receives(audience: EventAudience, reader: Reader): boolean {
  if (typeof audience === "string") return audience === "everyone" || reader.moderates;
  return audience.only.includes(reader.participantId);
}

/** One object, so that what two readers see can be compared. */
const NOBODY: RoomState["waiting"] = {};

/** `state` as `reader` may see it. */
export function visibleTo(state: RoomState, reader: Reader): RoomState {
  const slices = FEATURE_NAMES.map((name) => {
    const visible = features[name].visible as Visible | undefined;
    return [name, visible === undefined ? state[name] : visible(state[name], reader)];
  });
  return {
    ...state,
    waiting: reader.moderates ? state.waiting : NOBODY,
    ...Object.fromEntries(slices) as unknown as FeatureSlices,
  };
}
