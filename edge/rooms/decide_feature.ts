import {
  type FeatureCommand,
  featureOf,
  may,
  type ParticipantId,
  type RoomState,
} from "@tafelrunde/protocol";
import { ruleOf } from "../feature_rules.ts";
import type { Decision, FeatureDecided } from "./decision.ts";

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
  const { role } = state.participants[self]!;
  return ruleOf(command)!.decide(command, {
    slice: state[featureOf(command.type)!],
    state,
    self,
    at,
    logged,
    may: (right) => may(right, role, state.room.settings),
  });
}
