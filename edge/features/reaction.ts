import type { EdgeFeature } from "../feature.ts";

export const reaction = {
  commands: {},
  retention: [],
  up: {
    "reaction.send": {
      right: "react",
      perBrowser: "person.reaction",
      perRoom: "room.reaction",
      show: ({ reaction }, participantId) => ({ type: "reaction", participantId, reaction }),
    },
  },
  limits: {
    "person.reaction": {
      what: "reactions; more are not shown",
      per: "a browser",
      points: 10,
      durationS: 5,
      refusal: "person.tooFrequent",
    },
    "room.reaction": {
      what: "reactions: each goes to everyone",
      per: "a room",
      points: 40,
      durationS: 1,
      refusal: "room.tooFrequent",
    },
  },
} satisfies EdgeFeature<"reaction", "person.reaction" | "room.reaction">;
