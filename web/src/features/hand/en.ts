import { sentence } from "../../i18n/isolate.ts";

export const en = {
  raise: "Raise hand",
  lower: "Lower hand",
  place: (place: number) => `Hand raised, number ${place}`,
  raisedBy: (name: string) => sentence`${name} raised a hand`,
  lowerTheirs: "Lower hand",
  lowerAll: "Lower all hands",
  refused: {},
};

export type Words = typeof en;
