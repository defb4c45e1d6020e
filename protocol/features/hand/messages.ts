import * as v from "valibot";
import { ParticipantId } from "../../ids.ts";
import { command, event } from "../../message.ts";

export const messages = {
  commands: {
    /** Raise (`raised: true`) or lower one's own hand. No effect if it is already so. */
    "hand.raise": command("hand.raise", { raised: v.boolean() }),
    /** Lower another participant's hand; null: all hands. */
    "hand.lower": command("hand.lower", { participantId: v.nullable(ParticipantId) }),
  },
  events: {
    "hand.raised": event("hand.raised", { participantId: ParticipantId }),
    "hand.lowered": event("hand.lowered", { participantId: ParticipantId }),
  },
  up: {},
  down: {},
  settings: {},
  rest: {},
};
