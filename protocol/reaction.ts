import * as v from "valibot";
import { ParticipantId } from "./ids.ts";
import { message } from "./message.ts";
import { REACTIONS } from "./reaction_names.ts";

const Reaction = v.picklist(REACTIONS);

export const reactionUp = {
  /** Shown to everyone for a moment; not acknowledged. */
  "reaction.send": message("reaction.send", { reaction: Reaction }),
};

export const reactionDown = {
  reaction: message("reaction", { participantId: ParticipantId, reaction: Reaction }),
};
