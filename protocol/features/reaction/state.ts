import { featureState } from "../../feature.ts";
import type { messages } from "./messages.ts";

export const reaction = featureState<typeof messages, null>()({
  since: 3,
  scope: "space",
  empty: null,
  rights: { react: { setting: "react", everyone: "viewer", always: "moderator" } },
  needs: {},
  refusals: [],
  evolve: {},
  settings: { react: "everyone" },
});
