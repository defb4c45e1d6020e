import * as v from "valibot";
import { ParticipantId } from "./ids.ts";
import { command, event, Instant, Seq } from "./message.ts";

/** Longest chat message, characters (UTF-16 units). */
export const MAX_CHAT_TEXT = 4000;

/** Messages that a room's state carries; older ones stay in the log. */
export const CHAT_IN_STATE = 1000;

export const chatCommands = {
  "chat.post": command("chat.post", { text: v.string() }),
};

export const chatEvents = {
  "chat.posted": event("chat.posted", { participantId: ParticipantId, name: v.string(), text: v.string() }),
};

export const ChatMessage = v.strictObject({
  /** The event's place in the log: unique in the room, and the order. */
  seq: Seq,
  at: Instant,
  from: ParticipantId,
  /** The sender's name when it was sent; it outlives their stay. */
  name: v.string(),
  text: v.string(),
});
export type ChatMessage = v.InferOutput<typeof ChatMessage>;

/** The newest messages, oldest first, at most `CHAT_IN_STATE`. */
export type Chat = readonly ChatMessage[];

export type ChatEvent = v.InferOutput<(typeof chatEvents)[keyof typeof chatEvents]>;

export function evolveChat(chat: Chat, event: ChatEvent): Chat {
  const { seq, at, participantId: from, name, text } = event;
  const kept = chat.length < CHAT_IN_STATE ? chat : chat.slice(chat.length - CHAT_IN_STATE + 1);
  return [...kept, { seq, at, from, name, text }];
}
