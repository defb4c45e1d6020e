import type { FeatureName } from "@tafelrunde/protocol";
import type { WebFeature } from "./feature.ts";
import * as listed from "./features.ts";
import { speakBy } from "./i18n/language.ts";

/** Each feature's interface, by its name. */
export const webFeatures: Readonly<Record<FeatureName, WebFeature>> = listed;

const ALL = Object.entries(webFeatures) as [FeatureName, WebFeature][];

/** The features that fill a slot, with what they fill it with. */
export function filling<Slot extends keyof WebFeature>(
  slot: Slot,
): { readonly name: FeatureName; readonly fill: NonNullable<WebFeature[Slot]> }[] {
  return ALL.flatMap(([name, feature]) => {
    const fill = feature[slot];
    return fill === undefined ? [] : [{ name, fill }];
  });
}

/** Loads the words of all features. Rejects if a file cannot be loaded. */
export async function speakFeatures(): Promise<void> {
  await speakBy(ALL.map(([, { words }]) => words));
}
