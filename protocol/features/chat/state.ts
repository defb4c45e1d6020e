import { textFault } from "../../content_text.ts";
import type { EventOf } from "../../feature.ts";
import { featureState } from "../../feature.ts";
import type { ChatMessage, messages } from "./messages.ts";

/** Longest chat message, characters (UTF-16 units). */
export const MAX_CHAT_TEXT = 4000;

/** Most messages in a room's state; older ones stay in the log (`chat.before`). */
export const CHAT_IN_STATE = 1000;

/** Largest size of these messages, bytes of JSON: every joining or lagging client gets a snapshot. */
export const CHAT_STATE_BYTES = 100 * 1024;

/** Most messages of one `chat.page`, and their largest size, bytes of JSON. */
export const CHAT_PAGE = 50;
export const CHAT_PAGE_BYTES = 48 * 1024;

/** The same in each space besides the main room, of which a room can have 50. */
export const SPACE_CHAT_BYTES = 20 * 1024;

/** The newest messages, oldest first: at most `CHAT_IN_STATE`, and at most `CHAT_STATE_BYTES`. */
export type Chat = readonly ChatMessage[];

export const chat = featureState<typeof messages, Chat>()({
  since: 3,
  scope: "space",
  empty: [],
  rights: {
    chat: { setting: "chat", everyone: "viewer", always: "moderator" },
    /** Messages of others; everyone may delete their own. */
    deleteMessages: { least: "moderator" },
  },
  needs: {
    "chat.post": () => "chat",
    // Whose message it is decides: only the log might know.
    "chat.delete": () => null,
  },
  refusals: [
    /** A message is empty once trimmed. */
    "chat.empty",
    /** A message is longer than 4,000 characters. */
    "chat.tooLong",
    /** No such message. */
    "chat.unknown",
  ],
  settings: { chat: "everyone" },
  evolve: {
    "chat.posted": withMessage,
    "chat.deleted": (chat, { messageSeq }) => withoutText(chat, messageSeq),
  },
  predict: {
    "chat.post": (_chat, command, { id, name }) => {
      const text = typeof command.text === "string" ? command.text.trim() : command.text;
      if (typeof text === "string" && textFault(text, MAX_CHAT_TEXT) !== null) return undefined;
      return { type: "chat.posted", participantId: id, name, text };
    },
    "chat.delete": (_chat, { messageSeq }) => ({ type: "chat.deleted", messageSeq }),
  },
});

/** Size of each chat, bytes, so that a new message does not measure all others again. */
const measured = new WeakMap<Chat, number>();

function withMessage(
  chat: Chat,
  { seq, at, participantId: from, name, text, space }: EventOf<typeof messages, "chat.posted">,
): Chat {
  const most = space === undefined ? CHAT_STATE_BYTES : SPACE_CHAT_BYTES;
  const posted = { seq, at, from, name, text };
  let bytes = (measured.get(chat) ?? chat.reduce((sum, each) => sum + chatBytes(each), 0)) +
    chatBytes(posted);
  let first = 0;
  while (first < chat.length && (bytes > most || chat.length - first >= CHAT_IN_STATE)) {
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
