import type * as v from "valibot";
import type { FeatureMessages, MergedOf } from "./feature.ts";
import * as listed from "./feature_messages.ts";
import type * as states from "./features.ts";

type Messages = typeof listed;

/** The schemas of each feature, by its name. */
export const featureSchemas: Messages = listed satisfies Readonly<
  Record<keyof typeof states, FeatureMessages>
>;

/** All features' schemas of one kind, by message type. */
// @__NO_SIDE_EFFECTS__
function merged<Kind extends keyof FeatureMessages>(kind: Kind): MergedOf<Messages[keyof Messages][Kind]> {
  return Object.assign({}, ...Object.values(listed).map((messages) => messages[kind]));
}

export const featureCommands = /* @__PURE__ */ merged("commands");
export const featureEvents = /* @__PURE__ */ merged("events");
export const featureUp = /* @__PURE__ */ merged("up");
export const featureDown = /* @__PURE__ */ merged("down");
export const featureSettings = /* @__PURE__ */ merged("settings");
export const featureRest = /* @__PURE__ */ merged("rest");

export type FeatureCommand = v.InferOutput<(typeof featureCommands)[keyof typeof featureCommands]>;
export type FeatureEvent = v.InferOutput<(typeof featureEvents)[keyof typeof featureEvents]>;
export type FeatureUp = v.InferOutput<(typeof featureUp)[keyof typeof featureUp]>;
export type FeatureDown = v.InferOutput<(typeof featureDown)[keyof typeof featureDown]>;
