import type { GivenRole, RefusalCode, Role } from "@tafelrunde/protocol";
import { sentence } from "./isolate.ts";
import { plural } from "./plural.ts";

const count = plural("en");

/** Every text of the meeting itself, in English. In its own file: it loads with the meeting. */
export const enRoom = {
  untitled: "Meeting",
  controls: "Controls",
  share: "Share screen",
  stopShare: "Stop sharing",
  participants: "Participants",
  copyLink: "Copy link",
  linkCopied: "Link copied. Send it to everyone who should join.",
  noLink: "The link could not be loaded. Please try again.",
  linkNotCopied: "The browser did not allow copying. Here is the link:",
  leave: "Leave meeting",
  devices: "Devices",
  choices: {
    microphone: "Microphone",
    camera: "Camera",
    speaker: "Speaker",
    standard: "Default",
    unnamed: (kind: string, n: number) => `${kind} ${n}`,
    none: "None found",
  },
  place: {
    distance: (where: string, ms: number) => `${where}, ${ms} ms`,
    nearest: "The closest to you.",
    together: "Close to you and the others.",
    load: "The closer ones are busy right now.",
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
  /** A participant's media has stopped arriving, but they still count as connected. */
  still: "Connection interrupted …",
  awayShort: "Away",
  unreadable: "Encrypted: this page cannot read it.",
  alone: "You are the first one here.",
  aloneHint: "Send the link to everyone who should join. A browser is all they need.",
  joined: (name: string) => sentence`${name} joined`,
  left: (name: string) => sentence`${name} left`,
  joinedMany: (n: number) => count(n, { one: "One person joined", other: `${n} people joined` }),
  leftMany: (n: number) => count(n, { one: "One person left", other: `${n} people left` }),
  reconnecting: "Connection lost. Reconnecting …",
  mediaBroken: "Audio and video are interrupted. They will be back in a moment.",
  interrupted: "Connection between regions interrupted",
  mediaNone: "Audio and video are not available right now. The chat works; we keep trying.",
  mutedSpeaking: "You are speaking, but your microphone is off.",
  hear: "Tap to hear the others",
  hearAndSee: "Tap to see and hear the others",
  elsewhere: {
    second:
      "You are in this meeting with another device. If you join here too, this device has its microphone and sound off at first.",
    move: "Move here",
    moveHint: "The other device leaves the meeting.",
    silent: "Sound is off here, because you are in this meeting with another device.",
    sound: "Turn sound on",
    soundHere: "Sound on this device",
    count: (n: number) => count(n, { one: "One device", other: `${n} devices` }),
  },
  kinds: { phone: "Phone", ingest: "Stream", recorder: "Recording" },
  inRoom: (n: number) => count(n, { one: "One person", other: `${n} people` }),
  speaking: "is speaking",
  cameraState: { on: "Camera on", off: "Camera off" },
  micState: { on: "Microphone on", off: "Microphone off" },

  roles: {
    owner: "Host",
    moderator: "Moderator",
    presenter: "Presenter",
    participant: "Participant",
    guest: "Guest",
    viewer: "Viewer",
  } satisfies Record<Role, string>,
  roleHint: {
    moderator: "Leads the meeting with you.",
    presenter: "Can always speak and share.",
    participant: "Can do what the room allows everyone.",
    guest: "Can do what the room allows guests.",
    viewer: "Watches and can write in the chat.",
  } satisfies Record<GivenRole, string>,
  /** Shown to the person whose role changed. */
  roleNow: {
    owner: "You are the host now.",
    moderator: "You are a moderator now.",
    presenter: "You are a presenter now.",
    participant: "You are a participant now.",
    guest: "You are a guest now.",
    viewer: "You are a viewer now: you can watch and write in the chat.",
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
  remove: "Remove from the meeting",
  removeTitle: (name: string) => sentence`Remove ${name}?`,
  removeText: "They can ask to come back. Then you decide.",
  ban: "Do not let them back into this meeting",
  moderation: "Moderation",
  muteAll: "Mute everyone",
  settings: "Room settings",
  endForAll: "End for everyone",
  endTitle: "End the meeting for everyone?",
  endText: "Everyone leaves, including people who are waiting. The link still works for the next meeting.",
  mutedAll: "Everyone but the moderators is being muted. They can unmute themselves.",
  beingMuted: "is being muted …",
  beingRemoved: (name: string) =>
    sentence`${name} is being removed. Until that is confirmed, they might still hear and see you.`,
  cameraStopping: "camera is being turned off …",
  aModerator: "A moderator",
  mutedBy: (name: string) => sentence`${name} has muted your microphone.`,
  cameraStoppedBy: (name: string) => sentence`${name} has turned your camera off.`,
  shareStoppedBy: (name: string) => sentence`${name} has stopped your sharing.`,
  /** For waiting participants. */
  waitingSelf: {
    title: "You will be let in soon.",
    text: "The moderators know that you are here. You join automatically once they let you in.",
    leave: "Leave",
  },
  waiting: {
    title: (n: number) => count(n, { one: "One person is waiting", other: `${n} people are waiting` }),
    asks: (name: string) => sentence`${name} would like to join.`,
    admit: "Let in",
    admitOne: (name: string) => `Let ${name} in`,
    admitAll: "Let all in",
    decline: "Decline",
    declineOne: (name: string) => `Do not let ${name} in`,
    declineTitle: (name: string) => sentence`Do not let ${name} in?`,
    declineText: "Message to them (optional)",
    declinePlaceholder: "We start at three",
    show: "Show",
    /** Requests permission for notifications. */
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
        "Browsers allow camera and microphone only on https pages. Open this page with https, or join without.",
      unsupported: "This browser supports no camera or microphone. Use another browser, or join without.",
      busy:
        "Camera and microphone could not be started. Another program might be using them: close it, then try again.",
      lost: "Camera and microphone were unplugged or switched off. Choose others, or try again.",
    },
    microphone: {
      denied:
        "The microphone is blocked. Allow it in your browser (the icon beside the address), then try again.",
      missing: "No microphone was found. Plug one in, or join without.",
      busy:
        "The microphone could not be started. Another program might be using it: close it, then try again.",
      failed: "The microphone could not be started. Try again, or join without.",
      insecure:
        "Browsers allow the microphone only on https pages. Open this page with https, or join without.",
      unsupported: "This browser supports no microphone. Use another browser, or join without.",
      lost: "The microphone was unplugged or switched off. Choose another, or try again.",
    },
    camera: {
      denied:
        "The camera is blocked. Allow it in your browser (the icon beside the address), then try again.",
      missing: "No camera was found. Plug one in, or join without.",
      busy: "The camera could not be started. Another program might be using it: close it, then try again.",
      failed: "The camera could not be started. Try again, or join without.",
      insecure: "Browsers allow the camera only on https pages. Open this page with https, or join without.",
      unsupported: "This browser supports no camera. Use another browser, or join without.",
      lost: "The camera was unplugged or switched off. Choose another, or try again.",
    },
  },

  /** The system delivers nothing from the device. */
  silenced: {
    microphone:
      "No sound comes from your microphone. Another program might be using it, or it is switched off.",
    camera: "No picture comes from your camera. Another program might be using it, or its cover is closed.",
  },
  /** Another device than the chosen one is used. */
  substitute: {
    microphone: "The microphone you chose is not available. Another one is used.",
    camera: "The camera you chose is not available. Another one is used.",
    speaker: "The speaker you chose is not available. The system's is used.",
  },
  screenFailed: "The screen could not be shared. Please try again.",
  /** The browser has no WebRTC. */
  noCalls: {
    lobby:
      "This browser has no audio and video, because WebRTC is missing: for example in Lockdown Mode on iPhones, in Tor Browser, or when a policy turns it off. Use another browser, or join and use the chat.",
    meeting: "This browser has no audio and video, because WebRTC is missing. The chat works.",
  },

  end: {
    toHome: "To the start page",
    left: { title: "You have left the meeting.", text: "Goodbye, or come back in: your link still works." },
    rejoin: "Join again",
    roomUnknown: {
      title: "This link does not open a meeting.",
      text:
        "It might be incomplete or mistyped. Ask whoever invited you for the link, or paste it here again.",
    },
    roomFull: {
      title: "The meeting is full.",
      text: "Nobody else can join right now. Try again when someone has left.",
    },
    linkOver: {
      title: "This link is no longer valid.",
      text: "It has expired, was revoked, or has reached its limit. Ask whoever invited you for a new one.",
    },
    guestsNotAllowed: {
      title: "This meeting is for members only.",
      text: "Please sign in with an account of its organisation.",
    },
    signIn: "Sign in",
    signedOut: {
      title: "You have been signed out.",
      text: "You have left the meeting. Sign in again to continue with your account.",
    },
    asGuest: "Join as a guest",
    removed: {
      title: "A moderator has removed you from the meeting.",
      text: "You can ask to come back, then wait until you are let in.",
    },
    banned: {
      title: "You cannot come back to this meeting.",
      text: "A moderator has removed you. You can join again once this meeting has ended.",
    },
    declined: {
      title: "You were not let in.",
      text: "A moderator has declined your request to join.",
    },
    declinedWord: "Their message:",
    ended: { title: "The meeting has ended.", text: "It has been ended for everyone. Goodbye!" },
    askAgain: "Ask again",
    replaced: {
      title: "You went on elsewhere.",
      text: "The meeting continues in another window or on another of your devices.",
    },
    here: "Continue here",
    outdated: { title: "There is a new version.", text: "Reload the page to join." },
    reload: "Reload",
    fault: {
      title: "Something went wrong.",
      text: "It was our fault, not yours. Joining again usually helps.",
    },
    notFound: { title: "Page not found.", text: "The address might be mistyped, or the page has moved." },
    create: "Create a new meeting",
  },

  /** Refusals that only participants in the meeting can get. */
  refused: {
    "feature.unavailable": "The service is being updated. This will work afterwards.",
    "track.unknown": "This audio or video has ended.",
    "track.idTaken": "That could not be started. Please try again.",
    "track.limit": "You are sharing this already.",
    "track.tooManyWhispers": "Too many people in this meeting are whispering at the moment.",
    "space.unknown": "This room is closed already.",
    "space.idTaken": "That could not be opened. Please try again.",
    "space.tooMany": "No more rooms can be opened in this meeting.",
    "space.nameInvalid": "A room needs a name of 1 to 80 characters.",
    "track.invalid": "Your browser and the server could not agree on a format.",
    "room.nameTooLong": "The name is longer than 120 characters.",
    "participant.unknown": "This person has left.",
    "participant.isOwner": "Nobody can do that to the host.",
    "participant.isModerator": "Only the host can do that to a moderator.",
    "message.tooFrequent": "That was too fast. Please wait a moment.",
    "participant.notJoined": "You are not in the meeting.",
    "participant.hasLeft": "You have left the meeting in the meantime. Please join again.",
  } satisfies Partial<Record<RefusalCode, string>>,
};

/** The texts of the meeting in one language. */
export type RoomWords = typeof enRoom;
