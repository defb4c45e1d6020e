import { CORE_RIGHTS, type CoreRight, isGranted, type RightHolder, type RightRule } from "./core_rights.ts";
import type { MergedOf } from "./feature.ts";
import { features } from "./feature_states.ts";
import type { RoomSettings } from "./settings.ts";

type FeatureRights = MergedOf<(typeof features)[keyof typeof features]["rights"]>;

export type Right = CoreRight | keyof FeatureRights;

/**
 * Who may do what in a room: the rights of the core and of all features, the single source. A missing right
 * is refused as `{right}.notAllowed`.
 */
export const RIGHTS: Readonly<Record<Right, RightRule>> = /* @__PURE__ */ Object.assign(
  {},
  CORE_RIGHTS,
  .../* @__PURE__ */ Object.values(features).map(({ rights }) => rights),
);

/** All rights, in the order of the table. */
export const RIGHT_NAMES = /* @__PURE__ */ Object.keys(RIGHTS) as Right[];

/** Refusal of each right. */
export type RightRefusal = `${Right}.notAllowed`;

/** Whether a participant has `right` in a room with these settings. */
export function may(right: Right, holder: RightHolder, settings: RoomSettings): boolean {
  return isGranted(RIGHTS[right], holder, settings);
}
