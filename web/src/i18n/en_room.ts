import { plural } from "./plural.ts";

const count = plural("en");

/** Every word of the meeting itself, in English. Apart from the others: it is loaded with the meeting. */
export const enRoom = {
  untitled: "Meeting",
  controls: "Controls",
  share: "Share screen",
  stopShare: "Stop sharing",
  raiseHand: "Raise hand",
  lowerHand: "Lower hand",
  chat: "Chat",
  participants: "Participants",
  copyLink: "Copy link",
  linkCopied: "Link copied. Send it to whoever should come.",
  linkNotCopied: "The browser did not allow copying. Here is the link:",
  leave: "Leave meeting",
  devices: "Devices",
  people: "People",
  more: "More",
  you: "You",
  screenOf: (name: string) => `${name}'s screen`,
  screens: "Shared screens",
  sharing: "You are sharing your screen.",
  micOff: "Microphone off",
  away: "Connection lost, waiting …",
  awayShort: "Away",
  hand: (place: number) => `Hand raised, number ${place}`,
  alone: "You are the first one here.",
  aloneHint: "Send the link to those who should come. They need nothing but a browser.",
  joined: (name: string) => `${name} joined`,
  left: (name: string) => `${name} left`,
  joinedMany: (n: number) => count(n, { one: "One person joined", other: `${n} people joined` }),
  leftMany: (n: number) => count(n, { one: "One person left", other: `${n} people left` }),
  handOf: (name: string) => `${name} raised a hand`,
  reconnecting: "Connection lost. Reconnecting …",
  mediaBroken: "Picture and sound are interrupted. They will be back in a moment.",
  mediaInterrupted:
    "Some people’s picture and sound do not get through right now. They come back by themselves.",
  mediaNone: "Picture and sound are not available right now. The chat works; we keep trying.",
  mutedSpeaking: "You are speaking, but your microphone is off.",
  hear: "Tap to hear the others",
  inRoom: (n: number) => count(n, { one: "One person", other: `${n} people` }),
  speaking: "is speaking",
  cameraState: { on: "Camera on", off: "Camera off" },
  micState: { on: "Microphone on", off: "Microphone off" },

  messages: {
    empty: "Nothing has been written yet.",
    emptyHint: "What you write here, everyone in the meeting can read.",
    log: "Conversation",
    field: "Message",
    placeholder: "Write to everyone",
    send: "Send",
    sending: "Sending …",
    hint: "Enter sends, Shift + Enter starts a new line.",
    fresh: "New below",
    unread: (n: number) => count(n, { one: "One unread", other: `${n} unread` }),
    from: (name: string) => `New in the chat, from ${name}`,
    left: (n: number) => count(n, { one: "One character left", other: `${n} characters left` }),
    tooLong: (over: number, max: number) =>
      `${count(over, { one: "One character", other: `${over} characters` })} too many: at most ${max} fit.`,
  },
};

/** The words of the meeting in one language. */
export type RoomWords = typeof enRoom;
