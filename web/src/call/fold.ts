import { EMPTY_STATE, evolve } from "@tafelrunde/protocol";
import { predict } from "./predict.ts";

/** What turns events into the room's state; loads after the lobby. */
export interface Fold {
  readonly EMPTY_STATE: typeof EMPTY_STATE;
  readonly evolve: typeof evolve;
  readonly predict: typeof predict;
  /** Whether a snapshot has all parts of a state. */
  readonly isState: (snapshot: Readonly<Record<string, unknown>>) => boolean;
}

export const fold: Fold = {
  EMPTY_STATE,
  evolve,
  predict,
  isState: (snapshot) =>
    Object.entries(EMPTY_STATE).every(([slice, empty]) =>
      typeof snapshot[slice] === typeof empty && Array.isArray(snapshot[slice]) === Array.isArray(empty)
    ),
};
