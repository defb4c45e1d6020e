import {
  EMPTY_STATE,
  type Event,
  evolve,
  FEATURE_NAMES,
  featureOf,
  features,
  inSpaceOf,
  type JsonObject,
  ownSlices,
  type RoomState,
  type SpaceId,
} from "@tafelrunde/protocol";
import { predict } from "./predict.ts";

/** What turns events into the room's state; loads after the lobby. */
export interface Fold {
  readonly EMPTY_STATE: typeof EMPTY_STATE;
  readonly evolve: typeof evolve;
  readonly predict: typeof predict;
  readonly readSnapshot: typeof readSnapshot;
  readonly withSlices: typeof withSlices;
  readonly inSpaceOf: typeof inSpaceOf;
  readonly concerns: typeof concerns;
}

export const fold: Fold = { EMPTY_STATE, evolve, predict, readSnapshot, withSlices, inSpaceOf, concerns };

/** Slices that an older edge does not send. */
const LATER: readonly string[] = [...FEATURE_NAMES, "spaces"];

/** `state` with the slices of it that are sent to somebody who has moved to another space. */
function withSlices(state: RoomState, slices: JsonObject): RoomState {
  const known = Object.entries(slices).filter(([name]) => LATER.includes(name));
  return { ...state, ...Object.fromEntries(known) };
}

/** Whether an event concerns people in `space`; moderators get those of all spaces. */
function concerns({ type, space }: Event, own: SpaceId | null): boolean {
  const name = featureOf(type);
  return name === undefined || features[name].scope === "room" || (space ?? null) === own;
}

/**
 * The state in a snapshot of any release: a feature that the edge does not know is empty, one that this page
 * does not know is left out. Undefined: it is none.
 */
function readSnapshot(snapshot: JsonObject): RoomState | undefined {
  const isWhole = Object.entries(EMPTY_STATE).every(([name, empty]) => {
    const slice = snapshot[name];
    if (slice === undefined) return LATER.includes(name);
    return typeof slice === typeof empty && Array.isArray(slice) === Array.isArray(empty);
  });
  return isWhole ? ownSlices(snapshot as Partial<RoomState>) : undefined;
}
