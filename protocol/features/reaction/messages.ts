import * as v from "valibot";
import { Audience } from "../../audience_setting.ts";
import { ParticipantId } from "../../ids.ts";
import { message } from "../../message.ts";
import { REACTIONS } from "./reactions.ts";

const Reaction = v.picklist(REACTIONS);

export const messages = {
  commands: {},
  events: {},
  up: {
    /** Shown to everyone for a moment; not acknowledged. */
    "reaction.send": message("reaction.send", { reaction: Reaction }),
  },
  down: {
    reaction: message("reaction", { participantId: ParticipantId, reaction: Reaction }),
  },
  settings: { react: Audience },
  rest: {},
};
