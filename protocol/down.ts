import type * as v from "valibot";
import { coreEvents } from "./core_messages.ts";
import { featureDown, featureEvents } from "./feature_schemas.ts";
import { peerDown } from "./peer.ts";
import { refused } from "./refusal.ts";
import { sessionDown } from "./session.ts";
import { waitingDown } from "./waiting.ts";

/**
 * Events: stored in the room's log and sent to everyone who has joined, including the sender; exceptions see
 * `audienceOf`.
 */
export const events = { ...coreEvents, ...featureEvents };

/** All messages that an edge can send, by type. */
export const down = {
  ...sessionDown,
  ...waitingDown,
  ...peerDown,
  ...featureDown,
  ...events,
  refused,
};

export type Event = v.InferOutput<(typeof events)[keyof typeof events]>;
export type Down = v.InferOutput<(typeof down)[keyof typeof down]>;
/** The message of one type. */
export type DownOf<Type extends Down["type"]> = Extract<Down, { type: Type }>;

/** Takes the place of an event that the reader must not see. */
export type Skipped = DownOf<"skipped">;

/** Whether this build knows events of this type: a newer build might have stored others. */
export function isKnownEvent({ type }: { readonly type: string }): boolean {
  return Object.hasOwn(events, type);
}

/** Distinguishes events from messages that are not stored. */
export function isEvent(message: Down): message is Event {
  return Object.hasOwn(events, message.type);
}
