import type { WebFeature } from "../../feature.ts";
import { timer as shape } from "./icons.ts";
import { StartTimer } from "./StartTimer.tsx";
import { TimerPlate } from "./TimerPlate.tsx";
import { load, words } from "./words.ts";

export const timer: WebFeature = {
  words: load,
  Stage: TimerPlate,
  RoomActions: StartTimer,
  news({ before, now }) {
    const { ended } = now.timer;
    const isNew = ended !== null && ended.at !== before.timer.ended?.at;
    return isNew ? [{ shape, text: words().ended[ended.reason] }] : [];
  },
};
