import { type ParticipantId, refuse } from "@tafelrunde/protocol";
import { handOf } from "@tafelrunde/protocol/features/hand/state";
import type { EdgeFeature } from "../feature.ts";
import { WITH_THE_LOG } from "../retention_row.ts";

export const hand = {
  commands: {
    "hand.raise": {
      adds: ({ raised }) => raised ? "write" : "nothing",
      decide({ raised }, { slice, state, self }) {
        const held = handOf(slice, state.participants, self);
        if (raised === (held !== undefined)) return [];
        return [{ type: raised ? "hand.raised" : "hand.lowered", participantId: held ?? self }];
      },
    },
    "hand.lower": {
      adds: "nothing",
      decide({ participantId: one }, { slice, state }) {
        if (one !== null && state.participants[one] === undefined) return refuse("participant.unknown");
        const held = one === null ? undefined : handOf(slice, state.participants, one);
        const lowered = one === null
          ? Object.keys(slice) as ParticipantId[]
          : held === undefined
          ? []
          : [held];
        return lowered.map((participantId) => ({ type: "hand.lowered", participantId }));
      },
    },
  },
  up: {},
  retention: [{ what: "Who has raised and lowered their hand, and when", ...WITH_THE_LOG }],
} satisfies EdgeFeature<"hand">;
