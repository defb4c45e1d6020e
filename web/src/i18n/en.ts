import type { RefusalCode, RightRefusal } from "@tafelrunde/protocol";
import { plural } from "./plural.ts";

const count = plural("en");

/** Every word of the pages around the meeting, in English: the list that the other languages must have too. */
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
    password: "Meeting password",
    passwordHint: "Whoever invited you knows it.",
    ask: "Ask to join",
    admission: "A moderator lets you in.",
    waiting: "You will be let in soon.",
    waitingText: "The moderators know that you are here. You join by yourself as soon as they let you in.",
    stopWaiting: "Leave",
    as: (name: string) => `You are signed in as ${name}.`,
    noDevices:
      "You can join without camera and microphone: you will see and hear the others and can write in the chat.",
    asking: "Your browser is asking for permission. Please allow camera and microphone.",
    connecting: "Connecting …",
    offline: "No connection to the server. We keep trying.",
  },

  place: {
    distance: (where: string, ms: number) => `${where}, ${ms} ms`,
    nearest: "The closest to you.",
    together: "Close to you, and the others are there too.",
    load: "The closer ones have enough to do right now.",
    unmeasured: "",
  },

  devices: {
    mute: "Mute microphone",
    unmute: "Unmute microphone",
    cameraOff: "Turn camera off",
    cameraOn: "Turn camera on",
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
    linkOver: {
      title: "This link is no longer valid.",
      text:
        "It has expired, was taken back, or has been used as often as it may be. Ask whoever invited you for a new one.",
    },
    guestsNotAllowed: {
      title: "This meeting is for members only.",
      text: "Please sign in with an account of the organisation that it belongs to.",
    },
    signIn: "Sign in",
    removed: {
      title: "A moderator has removed you from the meeting.",
      text: "You may ask to come back; then you wait until you are let in.",
    },
    banned: {
      title: "You cannot come back to this meeting.",
      text: "A moderator has removed you. When this meeting has ended, the next one is open to you again.",
    },
    declined: {
      title: "You were not let in.",
      text: "A moderator has declined your request to join.",
    },
    declinedWord: "They say:",
    ended: { title: "The meeting has ended.", text: "A moderator has ended it for everyone. Goodbye!" },
    askAgain: "Ask again",
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

  /** A right that one's role does not have. */
  notAllowed: "Your role in this meeting does not allow that.",

  refused: {
    "room.unknown": "This link does not open a meeting.",
    "room.full": "The meeting is full.",
    "room.guestsNotAllowed": "This meeting is for members only. Please sign in.",
    "room.banned": "A moderator has removed you from this meeting.",
    "room.waitingFull": "Too many people are waiting already. Please try again in a moment.",
    "tenant.minutesSpent": "This organisation has spent its minutes for this month.",
    "room.nameTooLong": "The name is longer than 120 characters.",
    "link.revoked": "This link was taken back.",
    "link.expired": "This link has expired.",
    "link.usedUp": "As many people as may have joined with this link.",
    "password.missing": "Please enter the meeting's password.",
    "password.wrong": "That is not the meeting's password.",
    "password.tooFrequent": "Too many wrong passwords. Please wait a minute.",
    "participant.unknown": "This person is no longer there.",
    "participant.isOwner": "Nobody can do that to the owner of the meeting.",
    "participant.isCohost": "Only the owner can do that to a moderator.",
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
  } satisfies Record<Exclude<RefusalCode, RightRefusal>, string>,
};

/** The words of one language. */
export type Words = typeof en;
