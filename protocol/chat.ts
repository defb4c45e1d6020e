import * as v from "valibot";
import { CommandId, ParticipantId } from "./ids.ts";
import { command, event, Instant, message, Seq } from "./message.ts";
import { strictObject } from "./object.ts";

/** Longest chat message, characters (UTF-16 units). */
export const MAX_CHAT_TEXT = 4000;

/** Messages that a room's state carries at most; older ones stay in the log (`chat.before`). */
export const CHAT_IN_STATE = 1000;

/** What those take at most, bytes of JSON: a snapshot goes to whoever comes in or lags. */
export const CHAT_STATE_BYTES = 100 * 1024;

/** Messages of one `chat.page` at most, and what they take, bytes of JSON. */
export const CHAT_PAGE = 50;
export const CHAT_PAGE_BYTES = 48 * 1024;

export const chatCommands = {
  "chat.post": command("chat.post", { text: v.string() }),
  /** Takes the text of a message away; one's own, or another's by right. */
  "chat.delete": command("chat.delete", { messageSeq: Seq }),
};

export const chatEvents = {
  /** `text` is null once it was deleted: who reads the log later does not get it. */
  "chat.posted": event("chat.posted", {
    participantId: ParticipantId,
    name: v.string(),
    text: v.nullable(v.string()),
  }),
  "chat.deleted": event("chat.deleted", { messageSeq: Seq }),
};

export const ChatMessage = strictObject({
  /** The event's place in the log: unique in the room, and the order. */
  seq: Seq,
  at: Instant,
  from: ParticipantId,
  /** The sender's name when it was sent; it outlives their stay. */
  name: v.string(),
  /** Null: it was deleted. */
  text: v.nullable(v.string()),
});
export type ChatMessage = v.InferOutput<typeof ChatMessage>;

/** The newest messages, oldest first: at most `CHAT_IN_STATE`, and no more than `CHAT_STATE_BYTES`. */
export type Chat = readonly ChatMessage[];

export const chatUp = {
  /** Asks for messages older than `before`. Answered by `chat.page`, or refused. */
  "chat.before": message("chat.before", { id: CommandId, before: Seq }),
};

export const chatDown = {
  /** The newest of the messages before what `chat.before` named, oldest first. `older`: what to ask with for more; null: there is none. */
  "chat.page": message("chat.page", {
    cause: CommandId,
    messages: v.array(ChatMessage),
    older: v.nullable(Seq),
  }),
};
export type ChatPage = v.InferOutput<(typeof chatDown)["chat.page"]>;

export type ChatEvent = v.InferOutput<(typeof chatEvents)[keyof typeof chatEvents]>;

/** What the messages of a chat take, so that it is not measured anew with each message. */
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

/** `chat`, of whose messages one has no text any more; the same where it is not among them. */
export function withoutText(chat: Chat, messageSeq: number): Chat {
  const isDeleted = ({ seq, text }: ChatMessage) => seq === messageSeq && text !== null;
  return chat.some(isDeleted) ? chat.map((each) => isDeleted(each) ? { ...each, text: null } : each) : chat;
}

/** Bytes of UTF-8 that `json` takes, which has no half of a character in it. Each event is counted: an encoder takes ten times as long. */
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

/** What a message takes as JSON, bytes of UTF-8. */
export function chatBytes(chatMessage: ChatMessage): number {
  return utf8Length(JSON.stringify(chatMessage)) + 1;
}
