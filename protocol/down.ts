import type * as v from "valibot";
import { chatDown, chatEvents } from "./chat.ts";
import { handEvents } from "./hand.ts";
import { participantEvents } from "./participant.ts";
import { peerDown } from "./peer.ts";
import { reactionDown } from "./reaction.ts";
import { refused } from "./refusal.ts";
import { roleEvents } from "./role.ts";
import { roomEvents } from "./room.ts";
import { sessionDown } from "./session.ts";
import { trackEvents } from "./track.ts";
import { waitingDown, waitingEvents } from "./waiting.ts";

/** Events: stored in the room's log, sent to everyone who has joined, the sender too; `audienceOf` tells the exceptions. */
export const events = {
  ...roomEvents,
  ...participantEvents,
  ...waitingEvents,
  ...roleEvents,
  ...handEvents,
  ...chatEvents,
  ...trackEvents,
};

/** Everything an edge may send, by type. */
export const down = {
  ...sessionDown,
  ...waitingDown,
  ...peerDown,
  ...reactionDown,
  ...chatDown,
  ...events,
  refused,
};

export type Event = v.InferOutput<(typeof events)[keyof typeof events]>;
export type Down = v.InferOutput<(typeof down)[keyof typeof down]>;
/** The message of one type. */
export type DownOf<Type extends Down["type"]> = Extract<Down, { type: Type }>;

/** Stands for an event that somebody must not see, in their log. */
export type Skipped = DownOf<"skipped">;

/** Whether this build knows events of this type: a newer one may have stored others. */
export function isKnownEvent({ type }: { readonly type: string }): boolean {
  return Object.hasOwn(events, type);
}

/** Tells an event from the messages that are not stored. */
export function isEvent(message: Down): message is Event {
  return Object.hasOwn(events, message.type);
}
