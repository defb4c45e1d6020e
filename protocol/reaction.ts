import * as v from "valibot";
import { ParticipantId } from "./ids.ts";
import { message } from "./message.ts";

/** What one may react with. */
export const REACTIONS = ["👍", "👏", "❤️", "😂", "😮", "🎉", "🤔", "👎"] as const;
export const Reaction = v.picklist(REACTIONS);
export type Reaction = (typeof REACTIONS)[number];

export const reactionUp = {
  /** Shown to everyone for a moment; nobody answers for it. */
  "reaction.send": message("reaction.send", { reaction: Reaction }),
};

export const reactionDown = {
  reaction: message("reaction", { participantId: ParticipantId, reaction: Reaction }),
};
