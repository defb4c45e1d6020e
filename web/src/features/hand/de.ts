import { sentence } from "../../i18n/isolate.ts";
import type { Words } from "./en.ts";

export const de: Words = {
  raise: "Hand heben",
  lower: "Hand senken",
  place: (place) => `Hand gehoben, Platz ${place}`,
  raisedBy: (name) => sentence`${name} hat die Hand gehoben`,
  lowerTheirs: "Hand senken",
  lowerAll: "Alle Hände senken",
  refused: {},
};
