import { sentence } from "../../i18n/isolate.ts";
import { plural } from "../../i18n/plural.ts";

const count = plural("en");

export const en = {
  title: "Chat",
  empty: "Nothing has been written yet.",
  emptyHint: "Everyone in the meeting can read what you write here.",
  log: "Conversation",
  field: "Message",
  placeholder: "Write to everyone",
  send: "Send",
  sending: "Sending …",
  older: "Loading earlier messages …",
  hint: "Enter sends, Shift + Enter starts a new line.",
  deleted: "Message deleted",
  delete: "Delete",
  deleteOwn: "Delete your message",
  deleteOf: (name: string) => `Delete the message of ${name}`,
  deleteTitle: "Delete this message?",
  deleteHint: "Nobody in the meeting can read it then. This cannot be undone.",
  fresh: "New below",
  unread: (n: number) => count(n, { one: "One unread", other: `${n} unread` }),
  from: (name: string) => sentence`New in the chat, from ${name}`,
  left: (n: number) => count(n, { one: "One character left", other: `${n} characters left` }),
  tooLong: (over: number, max: number) =>
    `${
      count(over, { one: "One character", other: `${over} characters` })
    } too many: at most ${max} are allowed.`,
  /** A setting: who may. */
  setting: "write in the chat",
  refused: {
    "chat.empty": "An empty message cannot be sent.",
    "chat.tooLong": "The message is longer than 4,000 characters.",
    "chat.unknown": "This message does not exist.",
  },
};

export type Words = typeof en;
