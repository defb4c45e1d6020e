import * as v from "valibot";
import { CommandId, ParticipantId } from "./ids.ts";
import { command, event, Instant, message, Seq } from "./message.ts";
import { strictObject } from "./object.ts";

/** Longest chat message, characters (UTF-16 units). */
export const MAX_CHAT_TEXT = 4000;

/** Most messages in a room's state; older ones stay in the log (`chat.before`). */
export const CHAT_IN_STATE = 1000;

/** Largest size of these messages, bytes of JSON: every joining or lagging client gets a snapshot. */
export const CHAT_STATE_BYTES = 100 * 1024;

/** Most messages of one `chat.page`, and their largest size, bytes of JSON. */
export const CHAT_PAGE = 50;
export const CHAT_PAGE_BYTES = 48 * 1024;

export const chatCommands = {
  "chat.post": command("chat.post", { text: v.string() }),
  /** Deletes the text of a message: one's own, or with the right to, another's. */
  "chat.delete": command("chat.delete", { messageSeq: Seq }),
};

export const chatEvents = {
  /** `text` is null once it was deleted, so that later readers of the log do not get it. */
  "chat.posted": event("chat.posted", {
    participantId: ParticipantId,
    name: v.string(),
    text: v.nullable(v.string()),
  }),
  "chat.deleted": event("chat.deleted", { messageSeq: Seq }),
};

export const ChatMessage = strictObject({
  /** The event's position in the log: unique in the room, and the sort order. */
  seq: Seq,
  at: Instant,
  from: ParticipantId,
  /** The sender's name at the time of sending; kept after they leave. */
  name: v.string(),
  /** Null: it was deleted. */
  text: v.nullable(v.string()),
});
export type ChatMessage = v.InferOutput<typeof ChatMessage>;

/** The newest messages, oldest first: at most `CHAT_IN_STATE`, and at most `CHAT_STATE_BYTES`. */
export type Chat = readonly ChatMessage[];

export const chatUp = {
  /** Requests messages older than `before`. Answered by `chat.page`, or refused. */
  "chat.before": message("chat.before", { id: CommandId, before: Seq }),
};

export const chatDown = {
  /**
   * The newest messages before the one named by `chat.before`, oldest first. `older`: the `before` of the
   * next request; null: there are no more.
   */
  "chat.page": message("chat.page", {
    cause: CommandId,
    messages: v.array(ChatMessage),
    older: v.nullable(Seq),
  }),
};
export type ChatPage = v.InferOutput<(typeof chatDown)["chat.page"]>;

export type ChatEvent = v.InferOutput<(typeof chatEvents)[keyof typeof chatEvents]>;

/** Size of each chat, bytes, so that a new message does not measure all others again. */
const measured = new WeakMap<Chat, number>();

export function evolveChat(chat: Chat, event: ChatEvent): Chat {
  if (event.type === "chat.deleted") return withoutText(chat, event.messageSeq);
  const { seq, at, participantId: from, name, text } = event;
  const posted = { seq, at, from, name, text };
  let bytes = (measured.get(chat) ?? chat.reduce((sum, each) => sum + chatBytes(each), 0)) +
    chatBytes(posted);
  let first = 0;
  while (first < chat.length && (bytes > CHAT_STATE_BYTES || chat.length - first >= CHAT_IN_STATE)) {
    bytes -= chatBytes(chat[first++]!);
  }
  const kept = [...chat.slice(first), posted];
  measured.set(kept, bytes);
  return kept;
}

/** `chat` with the text of one message removed; unchanged if the message is not in it. */
export function withoutText(chat: Chat, messageSeq: number): Chat {
  const isDeleted = ({ seq, text }: ChatMessage) => seq === messageSeq && text !== null;
  return chat.some(isDeleted) ? chat.map((each) => isDeleted(each) ? { ...each, text: null } : each) : chat;
}

/**
 * Bytes of `json` in UTF-8. `json` has no lone surrogates. Counted by hand, since every event is measured and
 * an encoder takes ten times as long.
 */
function utf8Length(json: string): number {
  let bytes = json.length;
  for (let index = 0; index < json.length; index++) {
    const unit = json.charCodeAt(index);
    if (unit < 0x80) continue;
    // Both halves of a character beyond U+FFFF: two bytes each.
    const isHalf = unit >= 0xd800 && unit <= 0xdfff;
    bytes += unit < 0x800 || isHalf ? 1 : 2;
  }
  return bytes;
}

/** Size of a message as JSON, bytes of UTF-8. */
export function chatBytes(chatMessage: ChatMessage): number {
  return utf8Length(JSON.stringify(chatMessage)) + 1;
}
