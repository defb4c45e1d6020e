import type * as v from "valibot";
import { chatEvents } from "./chat.ts";
import { handEvents } from "./hand.ts";
import { participantEvents } from "./participant.ts";
import { peerDown } from "./peer.ts";
import { refused } from "./refusal.ts";
import { roomEvents } from "./room.ts";
import { sessionDown } from "./session.ts";
import { trackEvents } from "./track.ts";

/** Events: stored in the room's log, sent to everyone who has joined, the sender too. */
export const events = {
  ...roomEvents,
  ...participantEvents,
  ...handEvents,
  ...chatEvents,
  ...trackEvents,
};

/** Everything an edge may send, by type. */
export const down = { ...sessionDown, ...peerDown, ...events, refused };

export type Event = v.InferOutput<(typeof events)[keyof typeof events]>;
export type Down = v.InferOutput<(typeof down)[keyof typeof down]>;
/** The message of one type. */
export type DownOf<Type extends Down["type"]> = Extract<Down, { type: Type }>;

/** Tells an event from the messages that are not stored. */
export function isEvent(message: Down): message is Event {
  return Object.hasOwn(events, message.type);
}
