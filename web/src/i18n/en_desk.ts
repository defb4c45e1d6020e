import type { Role } from "@tafelrunde/protocol";
import { enAccount } from "./en_account.ts";
import { enAdmin } from "./en_admin.ts";
import { enMeetings } from "./en_meetings.ts";
import { enSignIn, enTicket } from "./en_sign_in.ts";

/** Every word of the pages for people with an account, in English. Apart from the others: it is loaded with them. */
export const enDesk = {
  tryAgain: "Try again",
  back: "Back",
  cancel: "Cancel",
  save: "Save",
  loadNewest: "Load newest version",
  saved: "Saved",
  close: "Close",
  delete: "Delete",
  change: "Change",
  copy: "Copy",
  copied: "Copied",
  notCopied: "The browser did not allow copying. Here it is:",
  more: "Show more",
  search: "Search",
  optional: "optional",
  email: "E-mail",

  roles: {
    owner: "Host",
    cohost: "Co-host",
    presenter: "Presenter",
    participant: "Participant",
    guest: "Guest",
    viewer: "Viewer",
  } satisfies Record<Role, string>,
  roleHints: {
    owner: "The meeting is theirs.",
    cohost: "Leads the meeting: lets people in, mutes, decides who may do what.",
    presenter: "May always speak and show something.",
    participant: "Takes part like everyone in the organisation.",
    guest: "Takes part without an account.",
    viewer: "Watches and listens.",
  } satisfies Record<Role, string>,

  unsaved: {
    title: "Leave without saving?",
    text: "You have changed something on this page and not saved it yet.",
    leave: "Leave without saving",
    stay: "Stay here",
  },

  troubles: {
    title: "That did not work.",
    offline: "The server cannot be reached. Please check your connection and try again.",
    fault: "That did not work, and it is our fault. Please try again.",
    internal: "That did not work, and it is our fault. Please try again.",
    busy: "The server is busy. Please try again in a moment.",
    signedOut: "You are not signed in any more. Please sign in again.",
    forbidden: "You may not do this. Ask whoever administers your organisation.",
    gone: "This is not there any more.",
    changed:
      "Somebody else has changed this in the meantime, so nothing was saved. Load the newest version, then make your change again.",
    invalid: "Something in here is not right yet. Please check what you entered.",
    "signIn.wrong":
      "E-mail address and password do not match an account, or the passkey or code is not known.",
    "signIn.tooFrequent": "Too many attempts. Please wait a few minutes, then try again.",
    "ticket.unknown": "This link is used up, or too old.",
    "password.common": "This password is one of the first that others would try. Please choose another.",
    "account.lastAdmin":
      "You are the last who can administer your organisation. Make somebody else an administrator first.",
    "account.lastMethod": "Without this you could not sign in any more. Add another way first.",
    "account.proofNeeded": "Please sign in once more for this.",
    "passkey.cancelled": "No passkey was made.",
    "passkey.failed": "The passkey did not work. Try again, or sign in another way.",
  },

  signIn: enSignIn,
  ticket: enTicket,
  meetings: enMeetings,
  account: enAccount,
  admin: enAdmin,
};

export type DeskWords = typeof enDesk;
