import type { AudienceSetting } from "@tafelrunde/protocol";
import { For, type JSX } from "solid-js";
import { filling } from "./feature_slots.ts";

/** The fields for features' settings, each made by its child. */
export function FeatureSettings(
  props: { readonly children: (setting: AudienceSetting, label: () => string) => JSX.Element },
) {
  return (
    <For each={filling("settings").flatMap(({ fill }) => fill)}>
      {({ name, label }) => props.children(name, label)}
    </For>
  );
}
