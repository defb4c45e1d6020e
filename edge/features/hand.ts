import { type ParticipantId, refuse } from "@tafelrunde/protocol";
import type { EdgeFeature } from "../feature.ts";
import { WITH_THE_LOG } from "../retention_row.ts";

export const hand = {
  commands: {
    "hand.raise": {
      adds: ({ raised }) => raised ? "write" : "nothing",
      decide({ raised }, { slice, self }) {
        const isRaised = slice[self] !== undefined;
        if (raised === isRaised) return [];
        return [{ type: raised ? "hand.raised" : "hand.lowered", participantId: self }];
      },
    },
    "hand.lower": {
      adds: "nothing",
      decide({ participantId: one }, { slice, state }) {
        if (one !== null && state.participants[one] === undefined) return refuse("participant.unknown");
        const raised = Object.keys(slice) as ParticipantId[];
        return raised.filter((id) => one === null || id === one)
          .map((participantId) => ({ type: "hand.lowered", participantId }));
      },
    },
  },
  up: {},
  retention: [{ what: "Who has raised and lowered their hand, and when", ...WITH_THE_LOG }],
} satisfies EdgeFeature<"hand">;
