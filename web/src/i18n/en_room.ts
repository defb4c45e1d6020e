import type { GivenRole, Reaction, RefusalCode, Role } from "@tafelrunde/protocol";
import { sentence } from "./isolate.ts";
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
  noLink: "The link could not be had. Please try again.",
  linkNotCopied: "The browser did not allow copying. Here is the link:",
  leave: "Leave meeting",
  devices: "Devices",
  choices: {
    microphone: "Microphone",
    camera: "Camera",
    speaker: "Loudspeaker",
    standard: "Default",
    unnamed: (kind: string, n: number) => `${kind} ${n}`,
    none: "None found",
  },
  place: {
    distance: (where: string, ms: number) => `${where}, ${ms} ms`,
    nearest: "The closest to you.",
    together: "Close to you, and the others are there too.",
    load: "The closer ones have enough to do right now.",
    unmeasured: "",
  },
  people: "People",
  more: "More",
  you: "You",
  screenOf: (name: string) => sentence`${name}'s screen`,
  screens: "Shared screens",
  sharing: "You are sharing your screen.",
  micOff: "Microphone off",
  away: "Connection lost, waiting …",
  /** Nothing comes of somebody, and their connection has not been given up. */
  still: "Connection interrupted …",
  awayShort: "Away",
  hand: (place: number) => `Hand raised, number ${place}`,
  alone: "You are the first one here.",
  aloneHint: "Send the link to those who should come. They need nothing but a browser.",
  joined: (name: string) => sentence`${name} joined`,
  left: (name: string) => sentence`${name} left`,
  joinedMany: (n: number) => count(n, { one: "One person joined", other: `${n} people joined` }),
  leftMany: (n: number) => count(n, { one: "One person left", other: `${n} people left` }),
  handOf: (name: string) => sentence`${name} raised a hand`,
  reconnecting: "Connection lost. Reconnecting …",
  mediaBroken: "Picture and sound are interrupted. They will be back in a moment.",
  interrupted: "Line between regions interrupted",
  mediaNone: "Picture and sound are not available right now. The chat works; we keep trying.",
  mutedSpeaking: "You are speaking, but your microphone is off.",
  hear: "Tap to hear the others",
  hearAndSee: "Tap to see and hear the others",
  inRoom: (n: number) => count(n, { one: "One person", other: `${n} people` }),
  speaking: "is speaking",
  cameraState: { on: "Camera on", off: "Camera off" },
  micState: { on: "Microphone on", off: "Microphone off" },

  roles: {
    owner: "Owner",
    cohost: "Moderator",
    presenter: "Presenter",
    participant: "Participant",
    guest: "Guest",
    viewer: "Viewer",
  } satisfies Record<Role, string>,
  roleHint: {
    cohost: "Leads the meeting with you.",
    presenter: "May always speak and share.",
    participant: "May do what the room allows everyone.",
    guest: "May do what the room allows guests.",
    viewer: "Watches and may write in the chat.",
  } satisfies Record<GivenRole, string>,
  /** To the person whose role it is. */
  roleNow: {
    owner: "You own this meeting.",
    cohost: "You are a moderator now.",
    presenter: "You are a presenter now.",
    participant: "You are a participant now.",
    guest: "You are a guest now.",
    viewer: "You are a viewer now: you watch, and may write in the chat.",
  } satisfies Record<Role, string>,
  role: "Role in this meeting",
  optionsOf: (name: string) => `Options for ${name}`,
  done: "Done",
  cancel: "Cancel",
  save: "Save",
  rename: "Name in this meeting",
  muteOne: "Mute",
  stopCamera: "Turn camera off",
  stopShareOf: "Stop sharing",
  lowerTheirHand: "Lower hand",
  remove: "Remove from the meeting",
  removeTitle: (name: string) => sentence`Remove ${name}?`,
  removeText: "They may ask to come back; then you decide.",
  ban: "Do not let them back into this meeting",
  moderation: "Moderation",
  muteAll: "Mute everyone",
  lowerAll: "Lower all hands",
  settings: "Room settings",
  endForAll: "End for everyone",
  endTitle: "End the meeting for everyone?",
  endText: "Everybody leaves, also those who are waiting. The link stays good for the next meeting.",
  mutedAll: "Everyone but the moderators is being muted. They may unmute themselves.",
  beingMuted: "is being muted …",
  beingRemoved: (name: string) =>
    sentence`${name} is being removed. Until that is confirmed, they may still hear and see you.`,
  cameraStopping: "camera is being turned off …",
  aModerator: "A moderator",
  mutedBy: (name: string) => sentence`${name} has muted your microphone.`,
  cameraStoppedBy: (name: string) => sentence`${name} has turned your camera off.`,
  shareStoppedBy: (name: string) => sentence`${name} has ended your sharing.`,
  react: "React",
  reactions: {
    "👍": "Thumbs up",
    "👏": "Applause",
    "❤️": "Heart",
    "😂": "Laughter",
    "😮": "Surprise",
    "🎉": "Celebration",
    "🤔": "Thinking",
    "👎": "Thumbs down",
  } satisfies Record<Reaction, string>,
  reactedWith: (name: string, reaction: string) => sentence`${name}: ${reaction}`,
  /** For whoever waits. */
  waitingSelf: {
    title: "You will be let in soon.",
    text: "The moderators know that you are here. You join by yourself as soon as they let you in.",
    leave: "Leave",
  },
  waiting: {
    title: (n: number) => count(n, { one: "One person is waiting", other: `${n} people are waiting` }),
    asks: (name: string) => sentence`${name} would like to come in.`,
    admit: "Let in",
    admitOne: (name: string) => `Let ${name} in`,
    admitAll: "Let all in",
    decline: "Decline",
    declineOne: (name: string) => `Do not let ${name} in`,
    declineTitle: (name: string) => sentence`Do not let ${name} in?`,
    declineText: "A word to them (optional)",
    declinePlaceholder: "We start at three",
    show: "Show",
    /** Asks the browser for notifications. */
    notify: "Notify me in other tabs",
    since: (minutes: number) =>
      minutes === 0 ? "just now" : count(minutes, { one: "for a minute", other: `for ${minutes} minutes` }),
  },

  capture: {
    both: {
      denied:
        "Camera and microphone are blocked. Allow them in your browser (the icon beside the address), then try again.",
      missing: "Neither a camera nor a microphone was found. Plug them in, or join without.",
      failed: "Camera and microphone could not be started. Try again, or join without.",
      insecure:
        "Browsers give camera and microphone only to pages whose address begins with https. Open this page that way, or join without.",
      unsupported: "This browser gives no page a camera or microphone. Use another browser, or join without.",
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
      failed: "The microphone could not be started. Try again, or join without.",
      insecure:
        "Browsers give the microphone only to pages whose address begins with https. Open this page that way, or join without.",
      unsupported: "This browser gives no page a microphone. Use another browser, or join without.",
      lost: "The microphone is gone: it was unplugged or switched off. Choose another, or try again.",
    },
    camera: {
      denied:
        "The camera is blocked. Allow it in your browser (the icon beside the address), then try again.",
      missing: "No camera was found. Plug one in, or join without.",
      busy: "The camera could not be started. Another program may be using it: close that, then try again.",
      failed: "The camera could not be started. Try again, or join without.",
      insecure:
        "Browsers give the camera only to pages whose address begins with https. Open this page that way, or join without.",
      unsupported: "This browser gives no page a camera. Use another browser, or join without.",
      lost: "The camera is gone: it was unplugged or switched off. Choose another, or try again.",
    },
  },

  /** Another device than the chosen one is used. */
  silenced: {
    microphone:
      "Your system lets nothing through from the microphone: perhaps another program has it, or a switch on it is off.",
    camera:
      "Your system lets nothing through from the camera: perhaps another program has it, or its cover is closed.",
  },
  substitute: {
    microphone: "The microphone that you chose is not there: another one is used.",
    camera: "The camera that you chose is not there: another one is used.",
    speaker: "The loudspeaker that you chose is not there: the system's is used.",
  },
  screenFailed: "The screen could not be shared. Please try again.",
  /** The browser has no WebRTC. */
  noCalls: {
    lobby:
      "This browser can neither show nor send picture and sound: it has no WebRTC. That is so in Lockdown Mode on iPhones, in Tor Browser, or where a policy turns it off. Use another browser, or join to read and write in the chat.",
    meeting: "This browser can neither show nor send picture and sound: it has no WebRTC. The chat works.",
  },

  end: {
    toHome: "To the start page",
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
    signedOut: {
      title: "You have been signed out.",
      text: "So you have left the meeting. Sign in again to go on with your account.",
    },
    asGuest: "Join as a guest",
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
    ended: { title: "The meeting has ended.", text: "It has been ended for everyone. Goodbye!" },
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

  /** What can only be refused to somebody who is in the meeting. */
  refused: {
    "feature.unavailable": "The service is being updated. This works as soon as that is done.",
    "chat.empty": "An empty message cannot be sent.",
    "chat.tooLong": "The message is longer than 4,000 characters.",
    "chat.unknown": "This message does not exist.",
    "track.unknown": "This picture or sound is gone.",
    "track.idTaken": "Starting it did not work. Please try again.",
    "track.limit": "You are sharing this already.",
    "track.invalid": "Your browser and the server could not agree on a format.",
    "room.nameTooLong": "The name is longer than 120 characters.",
    "participant.unknown": "This person is no longer there.",
    "participant.isOwner": "Nobody can do that to the owner of the meeting.",
    "participant.isCohost": "Only the owner can do that to a moderator.",
    "message.tooFrequent": "That was too fast. Please wait a moment.",
    "participant.notJoined": "You are not in the meeting.",
    "participant.hasLeft": "You have left the meeting in the meantime. Please join again.",
  } satisfies Partial<Record<RefusalCode, string>>,

  messages: {
    empty: "Nothing has been written yet.",
    emptyHint: "What you write here, everyone in the meeting can read.",
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
    deleteHint: "Nobody in the meeting can read it then. That cannot be undone.",
    fresh: "New below",
    unread: (n: number) => count(n, { one: "One unread", other: `${n} unread` }),
    from: (name: string) => sentence`New in the chat, from ${name}`,
    left: (n: number) => count(n, { one: "One character left", other: `${n} characters left` }),
    tooLong: (over: number, max: number) =>
      `${count(over, { one: "One character", other: `${over} characters` })} too many: at most ${max} fit.`,
  },
};

/** The words of the meeting in one language. */
export type RoomWords = typeof enRoom;
