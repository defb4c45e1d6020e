import type { Reaction } from "@tafelrunde/protocol/features/reaction/reactions";
import { sentence } from "../../i18n/isolate.ts";

export const en = {
  react: "React",
  names: {
    "👍": "Thumbs up",
    "👏": "Applause",
    "❤️": "Heart",
    "😂": "Laughter",
    "😮": "Surprise",
    "🎉": "Celebration",
    "🤔": "Thinking",
    "👎": "Thumbs down",
  } satisfies Record<Reaction, string>,
  shown: (name: string, reaction: string) => sentence`${name}: ${reaction}`,
  /** A setting: who may. */
  setting: "react with an emoji",
  refused: {},
};

export type Words = typeof en;
