import { sentence } from "../../i18n/isolate.ts";
import type { Words } from "./en.ts";

export const de: Words = {
  react: "Reagieren",
  names: {
    "👍": "Daumen hoch",
    "👏": "Applaus",
    "❤️": "Herz",
    "😂": "Lachen",
    "😮": "Staunen",
    "🎉": "Feiern",
    "🤔": "Nachdenken",
    "👎": "Daumen runter",
  },
  shown: (name, reaction) => sentence`${name}: ${reaction}`,
  /** A setting: who may. */
  setting: "mit einem Emoji reagieren",
  refused: {},
};
