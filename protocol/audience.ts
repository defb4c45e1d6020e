import type { Event } from "./down.ts";
import { FEATURE_NAMES, featureOf, features, type FeatureSlices, SPACE_FEATURES } from "./feature_states.ts";
import type { ParticipantId, PersonId, SpaceId } from "./ids.ts";
import type { RoomState } from "./room_state.ts";
import { NO_SPACES, type Space, type Spaces } from "./spaces.ts";
import { visibleTracks } from "./track.ts";

/**
 * Who receives an event; everyone else gets `skipped` instead. `space`: who is in that space (null: the main
 * room), and moderators. `persons`: people, with all their devices. An empty list: nobody.
 */
export type EventAudience =
  | "everyone"
  | "moderators"
  | { readonly space: SpaceId | null }
  | { readonly only: readonly ParticipantId[] }
  | { readonly persons: readonly PersonId[] };

/** Who reads a room's log. */
export interface Reader {
  readonly participantId: ParticipantId;
  /** Who they are on all their devices. */
  readonly person: PersonId;
  readonly moderates: boolean;
  /** The space that they are in; null: the main room. */
  readonly space: SpaceId | null;
}

type AudienceOf = (slice: unknown, event: Event) => EventAudience;
type Visible = (slice: unknown, reader: Reader) => unknown;

/** Who receives `event`. `before`: the state before it. */
export function audienceOf(event: Event, before: RoomState): EventAudience {
  const name = featureOf(event.type);
  if (name === undefined) return audienceOfCore(event);
  const { space = null } = event;
  const audiences = features[name].audience as Readonly<Record<string, AudienceOf>> | undefined;
  const own = audiences?.[event.type]?.(sliceIn(before, name, space), event) ?? "everyone";
  const isForSpace = features[name].scope === "space" && before.spaces !== NO_SPACES &&
    Object.keys(before.spaces).length > 0;
  return own === "everyone" && isForSpace ? { space } : own;
}

function audienceOfCore(event: Event): EventAudience {
  if (event.type.startsWith("waiting.")) return "moderators";
  if (event.type !== "track.addressed") return "everyone";
  return { only: [event.participantId, ...event.participantIds] };
}

/** Whether `reader` is in the audience. */
export function receives(audience: EventAudience, reader: Reader): boolean {
  if (typeof audience === "string") return audience === "everyone" || reader.moderates;
  if ("only" in audience) return audience.only.includes(reader.participantId);
  if ("persons" in audience) return audience.persons.includes(reader.person);
  return reader.moderates || audience.space === reader.space;
}

/** A feature's slice in a space; null: the main room. */
export function sliceIn<Name extends keyof FeatureSlices>(
  state: RoomState,
  name: Name,
  space: SpaceId | null,
): FeatureSlices[Name] {
  if (space === null || features[name].scope === "room") return state[name];
  return state.spaces[space]?.slices[name] ?? features[name].empty as FeatureSlices[Name];
}

/** One object, so that what two readers see can be compared. */
const NOBODY: RoomState["waiting"] = {};

/** `state` as `reader` may see it. */
export function visibleTo(state: RoomState, reader: Reader): RoomState {
  return {
    ...state,
    waiting: reader.moderates ? state.waiting : NOBODY,
    tracks: visibleTracks(state.tracks, reader.participantId),
    ...visibleSlices(state, reader),
  };
}

/** The parts of `state` that depend on the reader's space. */
export function visibleSlices(state: RoomState, reader: Reader): FeatureSlices & Pick<RoomState, "spaces"> {
  const isInMain = reader.moderates || reader.space === null;
  const slices = FEATURE_NAMES.map((name) => {
    const isHidden = !isInMain && features[name].scope === "space";
    return [name, isHidden ? features[name].empty : visibleSlice(name, state[name], reader)];
  });
  return {
    ...Object.fromEntries(slices) as unknown as FeatureSlices,
    spaces: visibleSpaces(state.spaces, reader),
  };
}

function visibleSlice(name: keyof FeatureSlices, slice: unknown, reader: Reader): unknown {
  const visible = features[name].visible as Visible | undefined;
  return visible === undefined ? slice : visible(slice, reader);
}

/** What people outside a space see of it, made once. */
const outside = new WeakMap<Space, Space>();

/** What the people in a space see of all spaces, made once for each state of them. */
const inside = new WeakMap<Spaces, Map<SpaceId | null, Spaces>>();

function visibleSpaces(spaces: Spaces, reader: Reader): Spaces {
  const seen = reader.moderates ? spaces : seenFrom(spaces, reader.space);
  let visible = seen;
  for (const space of Object.values<Space>(seen)) {
    for (const name of SPACE_FEATURES) {
      const slice = space.slices[name];
      if (slice === undefined) continue;
      const own = visibleSlice(name, slice, reader);
      if (own === slice) continue;
      const { slices } = visible[space.id]!;
      visible = { ...visible, [space.id]: { ...space, slices: { ...slices, [name]: own } } };
    }
  }
  return visible;
}

function seenFrom(spaces: Spaces, own: SpaceId | null): Spaces {
  const all = Object.values<Space>(spaces);
  if (all.every(({ id, slices }) => id === own || Object.keys(slices).length === 0)) return spaces;
  const made = inside.get(spaces) ?? new Map<SpaceId | null, Spaces>();
  inside.set(spaces, made);
  const seen = made.get(own) ??
    Object.fromEntries(all.map((space) => [space.id, space.id === own ? space : fromOutside(space)]));
  made.set(own, seen);
  return seen;
}

function fromOutside(space: Space): Space {
  const seen = outside.get(space) ?? { ...space, slices: {} };
  outside.set(space, seen);
  return seen;
}
