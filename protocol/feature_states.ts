import type { FeatureState } from "./feature.ts";
import type * as messages from "./feature_messages.ts";
import * as listed from "./features.ts";

/** The state of each feature, by its name. */
export const features: typeof listed = listed satisfies {
  readonly [Name in keyof typeof messages]: FeatureState<(typeof messages)[Name], SliceOf<Name>>;
};

export type FeatureName = keyof typeof listed;

/** A feature's part of the room's state. */
export type SliceOf<Name extends FeatureName> = (typeof listed)[Name]["empty"];

export type FeatureSlices = { readonly [Name in FeatureName]: SliceOf<Name> };

/** All features, in the order of their names. */
export const FEATURE_NAMES = /* @__PURE__ */ Object.keys(listed) as FeatureName[];

const NAMES: ReadonlySet<string> = /* @__PURE__ */ new Set(FEATURE_NAMES);

/** The features with a slice for each space. */
export const SPACE_FEATURES = /* @__PURE__ */ FEATURE_NAMES.filter((name) =>
  features[name].scope === "space"
);

/** The first protocol version that knows spaces and whispering. */
export const SPACES_SINCE = 4;

/** Whether `feature` works in a cluster whose oldest edge speaks protocol version `clusterVersion`. */
export function isAvailable(feature: FeatureName, clusterVersion: number): boolean {
  return features[feature].since <= clusterVersion;
}

/**
 * The feature that a message of this type belongs to; undefined: it belongs to the core, which always works.
 */
export function featureOf(type: string): FeatureName | undefined {
  const dot = type.indexOf(".");
  const name = dot < 0 ? type : type.slice(0, dot);
  return NAMES.has(name) ? name as FeatureName : undefined;
}
