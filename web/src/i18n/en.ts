import type { RefusalCode } from "@tafelrunde/protocol";
import { plural } from "./plural.ts";

const count = plural("en");

/** Every word that a page shows, in English: the list that the other languages must have too. */
export const en = {
  tagline: "Video meetings at one table",
  language: "Language",
  close: "Close",
  tryAgain: "Try again",
  loading: "Loading …",
  toHome: "To the start page",

  home: {
    title: "Everyone at one table.",
    lead:
      "Tafelrunde is a video meeting that opens with a link: no account, no installation, no third parties.",
    name: "Meeting name (optional)",
    namePlaceholder: "Budget 2027",
    nameTooLong: (max: number) => `A name may have at most ${max} characters.`,
    create: "Create meeting",
    creating: "Creating …",
    open: "Open a meeting link",
    openPlaceholder: "Paste the link you were sent",
    openAction: "Open",
    or: "or",
    trustTitle: "Why you can rely on it",
    trust: [
      [
        "Made for hosting in Germany",
        "It runs on servers in Germany or on your own. You decide where your meetings are.",
      ],
      ["Open source", "Every line can be read, checked and changed. European Union Public Licence."],
      [
        "No third parties",
        "No tracking, no advertising, no outside services. Nothing loads from anywhere else.",
      ],
    ] satisfies readonly (readonly [string, string])[],
    art: "People sitting around a round table",
    failed: {
      offline: "The server cannot be reached. Please check your connection and try again.",
      busy: "The server is busy. Please try again in a moment.",
      fault: "That did not work, and it is our fault. Please try again.",
    },
  },

  link: {
    empty: "Please paste a meeting link first.",
    notALink: "That is not a meeting link. A link looks like this:",
    noSecret: "This link is incomplete: the part after the # is missing. Please copy the whole link.",
    otherServer: (host: string) => `This link belongs to another server: ${host}`,
    openThere: "Open it there",
  },

  lobby: {
    title: "Ready to join?",
    present: (n: number) =>
      n === 0
        ? "Nobody is here yet."
        : count(n, { one: "One person is here.", other: `${n} people are here.` }),
    name: "Your name",
    namePlaceholder: "How others will see you",
    nameMissing: "Please enter your name so that the others know who you are.",
    nameTooLong: (max: number) => `A name may have at most ${max} characters.`,
    join: "Join meeting",
    joining: "Joining …",
    preview: "Your picture",
    cameraOff: "Your camera is off",
    cameraStarting: "Your camera is starting …",
    level: "Sound level",
    noDevices:
      "You can join without camera and microphone: you will see and hear the others and can write in the chat.",
    asking: "Your browser is asking for permission. Please allow camera and microphone.",
    connecting: "Connecting …",
    offline: "No connection to the server. We keep trying.",
  },

  devices: {
    title: "Devices",
    microphone: "Microphone",
    camera: "Camera",
    speaker: "Loudspeaker",
    standard: "Default",
    unnamed: (kind: string, n: number) => `${kind} ${n}`,
    none: "None found",
  },

  capture: {
    both: {
      denied:
        "Camera and microphone are blocked. Allow them in your browser (the icon beside the address), then try again.",
      missing: "Neither a camera nor a microphone was found. Plug them in, or join without.",
      busy:
        "Camera and microphone could not be started. Another program may be using them: close that, then try again.",
      lost:
        "Camera and microphone are gone: they were unplugged or switched off. Choose others, or try again.",
    },
    microphone: {
      denied:
        "The microphone is blocked. Allow it in your browser (the icon beside the address), then try again.",
      missing: "No microphone was found. Plug one in, or join without.",
      busy:
        "The microphone could not be started. Another program may be using it: close that, then try again.",
      lost: "The microphone is gone: it was unplugged or switched off. Choose another, or try again.",
    },
    camera: {
      denied:
        "The camera is blocked. Allow it in your browser (the icon beside the address), then try again.",
      missing: "No camera was found. Plug one in, or join without.",
      busy: "The camera could not be started. Another program may be using it: close that, then try again.",
      lost: "The camera is gone: it was unplugged or switched off. Choose another, or try again.",
    },
  },

  room: {
    untitled: "Meeting",
    controls: "Controls",
    mute: "Mute microphone",
    unmute: "Unmute microphone",
    cameraOff: "Turn camera off",
    cameraOn: "Turn camera on",
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
    mediaNone: "Picture and sound are not available right now. The chat works; we keep trying.",
    mutedSpeaking: "You are speaking, but your microphone is off.",
    hear: "Tap to hear the others",
    inRoom: (n: number) => count(n, { one: "One person", other: `${n} people` }),
    speaking: "is speaking",
    cameraState: { on: "Camera on", off: "Camera off" },
    micState: { on: "Microphone on", off: "Microphone off" },
  },

  chat: {
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

  end: {
    left: { title: "You have left the meeting.", text: "Goodbye, or come back in: your link still works." },
    rejoin: "Join again",
    roomUnknown: {
      title: "This link does not open a meeting.",
      text:
        "It may be incomplete or mistyped. Ask whoever invited you for the link, or paste it here once more.",
    },
    roomFull: {
      title: "The meeting is full.",
      text: "No more people fit in at the moment. Try again when someone has left.",
    },
    replaced: {
      title: "The meeting is open in another window.",
      text: "You can be in a meeting once at a time. It goes on in the newer window.",
    },
    here: "Continue here",
    outdated: { title: "There is a new version.", text: "Load the page again, then you can join." },
    reload: "Load again",
    fault: {
      title: "Something went wrong.",
      text: "That was our mistake, not yours. Joining again usually helps.",
    },
    notFound: { title: "There is nothing here.", text: "The address is mistyped, or the page has moved." },
    create: "Create a new meeting",
  },

  refused: {
    "room.unknown": "This link does not open a meeting.",
    "room.full": "The meeting is full.",
    "participant.notJoined": "You are not in the meeting.",
    "participant.nameInvalid": "Please enter a name of at most 80 characters.",
    "chat.empty": "An empty message cannot be sent.",
    "chat.tooLong": "The message is longer than 4,000 characters.",
    "track.unknown": "This picture or sound is gone.",
    "track.idTaken": "Starting it did not work. Please try again.",
    "track.limit": "You are sharing this already.",
    "track.invalid": "Your browser and the server could not agree on a format.",
    "media.unavailable": "Picture and sound are not available right now. The chat works.",
    "message.tooFrequent": "That was too fast. Please wait a moment.",
    "person.tooFrequent": "That was too fast. Please wait a moment.",
    "room.tooFrequent": "A lot is going on in this meeting right now. Please wait a moment.",
    "address.tooFrequent": "Too many requests come from your network. Please wait a moment.",
    "room.busy": "The meeting is very busy. Please try again in a moment.",
    "store.unavailable": "The server cannot save anything right now. Please try again in a moment.",
  } satisfies Record<RefusalCode, string>,
};

/** The words of one language. */
export type Words = typeof en;
