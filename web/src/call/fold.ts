import {
  EMPTY_STATE,
  evolve,
  FEATURE_NAMES,
  type JsonObject,
  ownSlices,
  type RoomState,
} from "@tafelrunde/protocol";
import { predict } from "./predict.ts";

/** What turns events into the room's state; loads after the lobby. */
export interface Fold {
  readonly EMPTY_STATE: typeof EMPTY_STATE;
  readonly evolve: typeof evolve;
  readonly predict: typeof predict;
  readonly readSnapshot: typeof readSnapshot;
}

export const fold: Fold = { EMPTY_STATE, evolve, predict, readSnapshot };

const FEATURES: readonly string[] = FEATURE_NAMES;

/**
 * The state in a snapshot of any release: a feature that the edge does not know is empty, one that this page
 * does not know is left out. Undefined: it is none.
 */
function readSnapshot(snapshot: JsonObject): RoomState | undefined {
  const isWhole = Object.entries(EMPTY_STATE).every(([name, empty]) => {
    const slice = snapshot[name];
    if (slice === undefined) return FEATURES.includes(name);
    return typeof slice === typeof empty && Array.isArray(slice) === Array.isArray(empty);
  });
  return isWhole ? ownSlices(snapshot as Partial<RoomState>) : undefined;
}
