import { featureState } from "../../feature.ts";
import type { ParticipantId } from "../../ids.ts";
import type { messages } from "./messages.ts";

/** Raised hands and when each was raised; the longest raised first. */
export type Hands = Readonly<Record<ParticipantId, number>>;

export const hand = featureState<typeof messages, Hands>()({
  since: 3,
  scope: "space",
  empty: {},
  rights: { raiseHand: { least: "viewer" }, lowerHands: { least: "moderator" } },
  needs: {
    "hand.raise": ({ raised }) => raised ? "raiseHand" : null,
    "hand.lower": ({ participantId }, self) => participantId === self ? null : "lowerHands",
  },
  refusals: [],
  evolve: {
    "hand.raised": (hands, { participantId, at }) => ({ ...hands, [participantId]: at }),
    "hand.lowered": (hands, { participantId }) => without(hands, participantId),
  },
  on: {
    "participant.left": (hands, { participantId }) => without(hands, participantId),
    // A hand is raised to the people of one space.
    "space.moved": (hands, { participantIds }) => participantIds.reduce(without, hands),
    "room.ended": () => ({}),
  },
  predict: {
    "hand.raise": (hands, { raised }, { id }) => {
      if (raised === (hands[id] !== undefined)) return undefined;
      return { type: raised ? "hand.raised" : "hand.lowered", participantId: id };
    },
    "hand.lower": (_hands, { participantId }) =>
      participantId === null ? undefined : { type: "hand.lowered", participantId },
  },
});

/** `hands` without the hand of a participant who left or lowered it. */
function without(hands: Hands, participantId: ParticipantId): Hands {
  if (hands[participantId] === undefined) return hands;
  const { [participantId]: _lowered, ...rest } = hands;
  return rest;
}
