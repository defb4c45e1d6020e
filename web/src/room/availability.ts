import { type FeatureName, isAvailable } from "@tafelrunde/protocol";
import { useCall } from "./call_context.ts";
import { refusalText } from "../i18n/refusal_text.ts";

/**
 * The text why a feature is unavailable now; undefined: it works. Read it in JSX: it changes. Throws outside
 * of a call.
 */
export function useUnavailable(feature: FeatureName): () => string | undefined {
  const call = useCall();
  return () =>
    isAvailable(feature, call.view.clusterVersion) ? undefined : refusalText("feature.unavailable");
}
