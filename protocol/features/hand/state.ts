import { featureState } from "../../feature.ts";
import type { ParticipantId } from "../../ids.ts";
import { devicesOf, type Participants } from "../../participant.ts";
import type { messages } from "./messages.ts";

/**
 * Raised hands and when each was raised; the longest raised first. A person has one, under the device with
 * which they raised it.
 */
export type Hands = Readonly<Record<ParticipantId, number>>;

export const hand = featureState<typeof messages, Hands>()({
  since: 3,
  scope: "space",
  empty: {},
  rights: { raiseHand: { least: "viewer", kinds: ["phone"] }, lowerHands: { least: "moderator" } },
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
    "participant.left": (hands, { participantId }, participants) => {
      const other = devicesOf(participants, participantId).find(({ id }) => id !== participantId);
      return other === undefined ? without(hands, participantId) : handedOver(hands, participantId, other.id);
    },
    // A hand is raised to the people of one space.
    "space.moved": (hands, { participantIds }) => participantIds.reduce(without, hands),
    "room.ended": () => ({}),
  },
  predict: {
    "hand.raise": (hands, { raised }, { id }, participants) => {
      const held = handOf(hands, participants, id);
      if (raised === (held !== undefined)) return undefined;
      return { type: raised ? "hand.raised" : "hand.lowered", participantId: held ?? id };
    },
    "hand.lower": (_hands, { participantId }) =>
      participantId === null ? undefined : { type: "hand.lowered", participantId },
  },
});

/** The device under which the person behind `id` has raised a hand; undefined: it is down. */
export function handOf(
  hands: Hands,
  participants: Participants,
  id: ParticipantId,
): ParticipantId | undefined {
  return devicesOf(participants, id).find((device) => hands[device.id] !== undefined)?.id;
}

/** `hands` with one hand under another device of the same person, in the same place. */
function handedOver(hands: Hands, from: ParticipantId, to: ParticipantId): Hands {
  if (hands[from] === undefined) return hands;
  return Object.fromEntries(Object.entries(hands).map(([id, at]) => [id === from ? to : id, at]));
}

/** `hands` without the hand of a participant who left or lowered it. */
function without(hands: Hands, participantId: ParticipantId): Hands {
  if (hands[participantId] === undefined) return hands;
  const { [participantId]: _lowered, ...rest } = hands;
  return rest;
}
