import type { WebFeature } from "../../feature.ts";
import { addedNames } from "../../room/news.ts";
import { LowerHand, LowerHands } from "./HandActions.tsx";
import { HandInRow, HandOnTile } from "./HandBadge.tsx";
import { HandButton } from "./HandButton.tsx";
import { hand as shape } from "./icons.ts";
import { placeOfHand } from "./place.ts";
import { load, words } from "./words.ts";

export const hand: WebFeature = {
  words: load,
  Control: HandButton,
  TileBadge: HandOnTile,
  RowBadge: HandInRow,
  place: placeOfHand,
  PersonActions: LowerHand,
  RoomActions: LowerHands,
  news(change) {
    const names = addedNames(change, ({ hand }) => hand);
    return names.length === 0 ? [] : [{ shape, text: names.map(words().raisedBy).join(", ") }];
  },
};
