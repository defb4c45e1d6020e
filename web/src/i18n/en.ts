import type { RefusalCode } from "@tafelrunde/protocol";
import type { CaptureState } from "../call/api.ts";
import { plural } from "./plural.ts";

const count = plural("en");

/** Every text of the pages around the meeting, in English: the shape of all languages. */
export const en = {
  language: "Language",
  close: "Close",
  tryAgain: "Try again",

  lobby: {
    title: "Ready to join?",
    present: (n: number) =>
      n === 0
        ? "Nobody is here yet."
        : count(n, { one: "One person is here.", other: `${n} people are here.` }),
    name: "Your name",
    namePlaceholder: "How others will see you",
    nameMissing: "Please enter your name so others know who you are.",
    nameTooLong: (max: number) => `The name can have at most ${max} characters.`,
    join: "Join meeting",
    joining: "Joining …",
    preview: "Your video",
    /** Shown while one's own picture is not visible. "on": before its first frame. */
    camera: {
      off: "Your camera is off",
      starting: "Your camera is starting …",
      on: "Your camera is starting …",
      denied: "Your camera is blocked",
      missing: "No camera was found",
      busy: "Your camera could not be started",
      failed: "Your camera could not be started",
      insecure: "No camera without https",
      unsupported: "No camera in this browser",
      lost: "Your camera was disconnected",
    } satisfies Record<CaptureState, string>,
    level: "Sound level",
    password: "Meeting password",
    passwordHint: "Ask whoever invited you.",
    ask: "Ask to join",
    admission: "A moderator will let you in.",
    /** Isolates the name like `sentence`, which would be too large for the lobby. */
    as: (name: string) => `You are signed in as \u2068${name}\u2069.`,
    noDevices:
      "You can join without a camera and microphone: you can see and hear the others and use the chat.",
    connecting: "Connecting …",
    offline: "No connection to the server. Still trying …",
  },

  devices: {
    mute: "Mute microphone",
    unmute: "Unmute microphone",
    cameraOff: "Turn camera off",
    cameraOn: "Turn camera on",
    title: "Devices",
  },

  /** A right that the person's role lacks. */
  notAllowed: "Your role does not allow that.",

  refused: {
    "room.unknown": "This link does not open a meeting.",
    "room.full": "The meeting is full.",
    "room.guestsNotAllowed": "This meeting is for members only. Please sign in.",
    "room.banned": "A moderator has removed you from this meeting.",
    "room.waitingFull": "Too many people are waiting. Please try again in a moment.",
    "tenant.minutesSpent": "This organisation has used all its minutes for this month.",
    "link.revoked": "This link was revoked.",
    "link.expired": "This link has expired.",
    "link.usedUp": "This link has reached its limit.",
    "password.missing": "Please enter the meeting's password.",
    "password.wrong": "That is not the meeting's password.",
    "password.tooFrequent": "Too many wrong passwords. Please wait a minute.",
    "participant.notPerson": "Phones, streams and recordings keep their role.",
    "participant.tooManyDevices":
      "You are in this meeting on 10 devices already. Leave it on one of them first.",
    "participant.nameInvalid": "Please enter a name of at most 80 characters.",
    "media.unavailable": "Audio and video are not available right now. The chat works.",
    "person.tooFrequent": "That was too fast. Please wait a moment.",
    "room.tooFrequent": "A lot is going on in this meeting right now. Please wait a moment.",
    "address.tooFrequent": "Too many requests come from your network. Please wait a moment.",
    "room.logFull": "The storage of this meeting or its organisation is full.",
    "room.busy": "The meeting is very busy. Please try again in a moment.",
    "store.unavailable": "The server cannot save anything right now. Please try again in a moment.",
  } satisfies Partial<Record<RefusalCode, string>>,
};

/** The texts of one language. */
export type Words = typeof en;
