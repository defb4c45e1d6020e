import type { Content } from "./content.ts";
import type { CoreEvent } from "./core_messages.ts";
import type { FeatureName, FeatureSlices } from "./feature_states.ts";
import type { ParticipantId, SpaceId } from "./ids.ts";
import type { Participants } from "./participant.ts";
import type { SpaceEvent } from "./space.ts";

/** A space of a room besides the main room, such as a breakout room. */
export interface Space {
  readonly id: SpaceId;
  readonly name: Content;
  /** Everyone may move there by themselves. */
  readonly isFree: boolean;
  readonly openedAt: number;
  /** Slices of the features whose scope is the space; a missing one is empty. */
  readonly slices: Partial<FeatureSlices>;
}

/** The spaces of a room in the order of their opening; the main room is none of them. */
export type Spaces = Readonly<Record<SpaceId, Space>>;

export const NO_SPACES: Spaces = {};

/** The space of a participant; null: the main room, also for those who are not in the room. */
export function spaceOf(participants: Participants, id: ParticipantId): SpaceId | null {
  return participants[id]?.spaceId ?? null;
}

export function evolveSpaces(spaces: Spaces, event: SpaceEvent): Spaces {
  switch (event.type) {
    case "space.opened": {
      const opened = event.spaces.map(({ spaceId: id, name, isFree }): [SpaceId, Space] => [
        id,
        { id, name, isFree, openedAt: event.at, slices: {} },
      ]);
      return { ...spaces, ...Object.fromEntries(opened) };
    }
    case "space.moved":
      return spaces;
    case "space.closed":
      return Object.fromEntries(
        Object.entries(spaces).filter(([id]) => !event.spaceIds.includes(id as SpaceId)),
      );
    default:
      return event satisfies never;
  }
}

/** `spaces` with another slice in one of them; unchanged if there is no such space. */
export function withSlice(spaces: Spaces, id: SpaceId, name: FeatureName, slice: unknown): Spaces {
  const before = spaces[id];
  return before === undefined
    ? spaces
    : { ...spaces, [id]: { ...before, slices: { ...before.slices, [name]: slice } } };
}

/** A feature's reaction to an event of the core, by the feature's name. */
type Reaction = readonly [
  FeatureName,
  (slice: unknown, event: CoreEvent, participants: Participants) => unknown,
];

/**
 * `spaces` after the features in them have reacted to an event of the core; unchanged parts are shared.
 * `participants`: those before the event.
 */
export function afterReactions(
  spaces: Spaces,
  reactions: readonly Reaction[],
  event: CoreEvent,
  participants: Participants,
): Spaces {
  let changed = spaces;
  for (const { id, slices } of Object.values<Space>(spaces)) {
    for (const [name, react] of reactions) {
      if (slices[name] === undefined) continue;
      const slice = react(slices[name], event, participants);
      if (slice !== slices[name]) changed = withSlice(changed, id, name, slice);
    }
  }
  return changed;
}
