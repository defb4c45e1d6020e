import type { WebFeature } from "../../feature.ts";
import { ReactButton } from "./ReactButton.tsx";
import { HeardReactions, TileReactions } from "./Reactions.tsx";
import { load, words } from "./words.ts";

export const reaction: WebFeature = {
  words: load,
  Control: ReactButton,
  TileOverlay: TileReactions,
  Stage: HeardReactions,
  settings: [{ name: "react", label: () => words().setting }],
};
