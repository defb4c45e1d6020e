import {
  type FeatureCommand,
  featureOf,
  features,
  isRefusal,
  may,
  type ParticipantId,
  personOf,
  type RoomState,
  sliceIn,
  type SpaceId,
  spaceOf,
} from "@tafelrunde/protocol";
import { ruleOf } from "../feature_rules.ts";
import type { Decision, EventDraft, FeatureDecided } from "./decision.ts";

/** Distinguishes features' commands from those of admission and media. */
export function isOfFeature<C extends { readonly type: string }>(
  command: C,
): command is Extract<C, { readonly type: FeatureCommand["type"] }> {
  return ruleOf(command) !== undefined;
}

/** Decides a feature's command. `self`: the participant who sends it. */
export function decideFeature(
  state: RoomState,
  { logged = null, ...command }: FeatureDecided,
  self: ParticipantId,
  at: number,
): Decision {
  const holder = state.participants[self]!;
  const name = featureOf(command.type)!;
  const space = features[name].scope === "space" ? spaceOf(state.participants, self) : null;
  const decision = ruleOf(command)!.decide(command, {
    slice: sliceIn(state, name, space),
    state,
    self,
    person: personOf(holder),
    at,
    // What was said in another space does not exist here.
    logged: (logged?.space ?? null) === space ? logged : null,
    may: (right) => may(right, holder, state.room.settings),
  });
  return isRefusal(decision) ? decision : inSpace(decision, space);
}

/** `drafts` as events of a space; null: the main room, or the whole room. */
export function inSpace(drafts: readonly EventDraft[], space: SpaceId | null): readonly EventDraft[] {
  return space === null ? drafts : drafts.map((draft) => ({ ...draft, space }));
}
