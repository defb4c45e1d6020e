import {
  type Event,
  type FeatureCommand,
  type FeatureName,
  featureOf,
  features,
  type FeatureUp,
  type RoomState,
  SPACE_FEATURES,
  type SpaceId,
} from "@tafelrunde/protocol";
import type {
  CommandRule,
  EdgeFeature,
  Erasure,
  EventDraft,
  Moment,
  Question,
  RoomsOfRoutes,
} from "./feature.ts";
import * as listed from "./features.ts";
import type { Limit, LimitName } from "./limit_table.ts";
import type { CommandDraft } from "./rooms/decision.ts";
import type { Route } from "./route.ts";

/** Each feature on the edge, by its name. */
export const edgeFeatures = listed satisfies { readonly [N in FeatureName]: EdgeFeature<N> };

const NAMES = Object.keys(listed) as FeatureName[];

/**
 * A feature whose types only its own code knows: what it gets is a message that its own schemas have parsed,
 * and its own slice.
 */
interface AnyFeature {
  readonly commands: Readonly<Record<string, CommandRule<never, never>>>;
  readonly up: Readonly<Record<string, Moment<never, LimitName> | Question<never>>>;
  readonly erases?: Readonly<Record<string, (event: never) => Erasure>>;
  readonly due?: (slice: never) => number | null;
  readonly onDue?: (slice: never, at: number) => readonly EventDraft[];
  readonly routes?: (rooms: RoomsOfRoutes) => readonly Route[];
}

function find(name: FeatureName): AnyFeature {
  return edgeFeatures[name] as AnyFeature;
}

/** The rule of a feature's command; undefined: the command belongs to the core. */
export function ruleOf(
  { type }: { readonly type: string },
): CommandRule<FeatureName, CommandDraft<FeatureCommand>> | undefined {
  const name = featureOf(type);
  return name &&
    find(name).commands[type] as CommandRule<FeatureName, CommandDraft<FeatureCommand>> | undefined;
}

/** The rule of a feature's unstored message; undefined: the message belongs to the core. */
export function unstoredRuleOf(
  { type }: { readonly type: string },
): Moment<FeatureUp, LimitName> | Question<FeatureUp> | undefined {
  const name = featureOf(type);
  return name && find(name).up[type] as Moment<FeatureUp, LimitName> | Question<FeatureUp> | undefined;
}

const NO_ERASURES: readonly Erasure[] = [];

/** The features in which something happens by itself. */
const DUE = NAMES.flatMap((name) => {
  const { due } = find(name);
  return due === undefined ? [] : [[name, due] as const];
});

/** What these events remove from earlier ones. */
export function erasuresOf(events: readonly Event[]): readonly Erasure[] {
  let erasures: Erasure[] | undefined;
  for (const event of events) {
    const name = featureOf(event.type);
    const erase = name && find(name).erases?.[event.type];
    if (erase !== undefined) (erasures ??= []).push(erase(event as never));
  }
  return erasures ?? NO_ERASURES;
}

/** `event` without what `erasures` remove from it. */
export function erased<E extends Event>(event: E, erasures: readonly Erasure[]): E {
  if (erasures.length === 0) return event;
  const own = erasures.filter(({ seq, type }) => seq === event.seq && type === event.type);
  return own.reduce((left, { body }) => ({ ...left, ...body }), event);
}

/** When something happens by itself next in a room, ms; null: nothing will. */
export function nextDue(state: RoomState): number | null {
  let next: number | null = null;
  const consider = (at: number | null) => {
    if (at !== null && (next === null || at < next)) next = at;
  };
  for (const [name, dueAt] of DUE) {
    consider(dueAt(state[name] as never));
    if (features[name].scope === "room") continue;
    for (const { slices } of Object.values(state.spaces)) {
      if (slices[name] !== undefined) consider(dueAt(slices[name] as never));
    }
  }
  return next;
}

/** The events of everything that was due in a room by `at`. */
export function whatIsDue(state: RoomState, at: number): EventDraft[] {
  return slicesOf(state).flatMap(({ name, slice, space }) => {
    const drafts = find(name).onDue?.(slice as never, at) ?? [];
    return space === undefined ? drafts : drafts.map((draft) => ({ ...draft, space }));
  });
}

/** A feature's slice; `space` undefined: of the main room, or of the whole room. */
interface AnySlice {
  readonly name: FeatureName;
  readonly slice: unknown;
  readonly space?: SpaceId;
}

/** All slices of a room. */
function slicesOf(state: RoomState): AnySlice[] {
  const inSpaces = Object.values(state.spaces).flatMap(({ id: space, slices }) =>
    SPACE_FEATURES.flatMap((name) => slices[name] === undefined ? [] : [{ name, slice: slices[name], space }])
  );
  return [...NAMES.map((name) => ({ name, slice: state[name] })), ...inSpaces];
}

/** The REST routes of all features. */
export function featureRoutes(rooms: RoomsOfRoutes): Route[] {
  return NAMES.flatMap((name) => find(name).routes?.(rooms) ?? []);
}

/** The rows of all features in the table of limits. */
export const FEATURE_LIMITS: Readonly<Partial<Record<LimitName, Limit>>> = Object.assign(
  {},
  ...NAMES.map((name) =>
    (edgeFeatures[name] as { readonly limits?: Readonly<Record<string, Limit>> }).limits
  ),
);
