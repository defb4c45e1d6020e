import * as v from "valibot";
import { ParticipantId } from "./ids.ts";
import { command, event } from "./message.ts";

export const handCommands = {
  /** Raise (`raised: true`) or lower one's own hand. No effect if it is already so. */
  "hand.raise": command("hand.raise", { raised: v.boolean() }),
  /** Lower another participant's hand; null: all hands. */
  "hand.lower": command("hand.lower", { participantId: v.nullable(ParticipantId) }),
};

export const handEvents = {
  "hand.raised": event("hand.raised", { participantId: ParticipantId }),
  "hand.lowered": event("hand.lowered", { participantId: ParticipantId }),
};

/** Raised hands and when each was raised; the longest raised first. */
export type Hands = Readonly<Record<ParticipantId, number>>;

export type HandEvent = v.InferOutput<(typeof handEvents)[keyof typeof handEvents]>;

export function evolveHands(hands: Hands, event: HandEvent): Hands {
  switch (event.type) {
    case "hand.raised":
      return { ...hands, [event.participantId]: event.at };
    case "hand.lowered":
      return withoutHand(hands, event.participantId);
    default:
      return event satisfies never;
  }
}

/** `hands` without the hand of a participant who left or lowered it. */
export function withoutHand(hands: Hands, participantId: ParticipantId): Hands {
  if (hands[participantId] === undefined) return hands;
  const { [participantId]: _lowered, ...rest } = hands;
  return rest;
}
