import type { Role } from "@tafelrunde/protocol";
import { enMeetings } from "./en_meetings.ts";
import { enSignIn, enTicket } from "./en_sign_in.ts";

/** Every word of the pages for people with an account, in English. Apart from the others: it is loaded with them. */
export const enDesk = {
  loading: "Loading …",
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
    "account.federated": "Your organisation’s sign-in service looks after this.",
    "account.disabled": "This account is disabled. Ask whoever manages your organisation.",
    "oidc.stateUnknown":
      "This sign-in took too long or was begun in another browser. Please sign in once more.",
    "oidc.denied":
      "The identity provider did not sign you in: you cancelled, or it does not let you in here.",
    "oidc.answerWrong":
      "The identity provider's answer could not be verified. Try once more; if it stays like this, contact whoever runs this service.",
    "oidc.notProved":
      "The identity provider did not ask who you are, so this could not be confirmed. Sign out there and sign in anew, or contact whoever manages your organisation.",
    "oidc.unreachable":
      "The identity provider does not answer. Try again in a few minutes, or sign in another way.",
    "tenant.unknown":
      "The identity provider names an organisation that does not exist here. Please contact whoever runs this service.",
    "person.emailTaken": "Somebody in your organisation has this address already.",
    "account.proofNeeded": "Please sign in once more for this.",
    "passkey.cancelled": "No passkey was made.",
    "admin.needed": "Only an administrator of your organisation may do this.",
    "favourites.full": "You have as many favourites as there can be. Take one out first.",
    "group.isExternal": "This group is kept by your identity provider and changes there.",
    "group.nameTaken": "There is a group of this name already.",
    "mail.unavailable":
      "No mail can be sent from here, so nobody can be invited by address. Pass on the link instead, or ask whoever runs this installation.",
    "mail.tooFrequent": "Too many mails have gone out from here or to this address. Please try again later.",
    "meeting.cancelled": "This meeting is cancelled already.",
    "meeting.tooMany": "One person cannot have more meetings. Please cancel and delete some first.",
    "meeting.full": "More people cannot be invited to one meeting.",
    "meeting.isFirst": "This is the whole series: change or cancel that.",
    "meeting.notSeries": "This meeting does not repeat.",
    "meeting.notYours": "Only who leads this meeting may change it.",
    "meeting.permanent": "This meeting has no date.",
    "meeting.tooManyExceptions": "Too many dates of this series are different already.",
    "member.isOwner": "Whoever the meeting belongs to leads it already.",
    "passkey.limit": "You have as many passkeys as there can be. Remove one first.",
    "passkey.taken": "This passkey is known already.",
    "passkey.wrong": "The passkey did not work. Try again, or sign in another way.",
    "room.linksSpent": "There are as many links as there can be. Revoke some first.",
    "room.notAllowed": "Only who leads this meeting may do this.",
    "signIn.busy": "Many people are signing in right now. Please try again in a moment.",
    "signIn.needed": "You are not signed in any more. Please sign in again.",
    "tenant.groupsSpent": "Your organisation has as many groups as there can be.",
    "tenant.keysSpent": "Your organisation has as many API keys as there can be.",
    "tenant.roomsSpent":
      "Your organisation has all the rooms that it may have. Delete a meeting that is no longer needed, or ask whoever runs this installation.",
    "tenant.storageSpent": "Your organisation has used all of its storage.",
    "tenant.taken": "Another organisation has this short name or host name.",
    "passkey.failed": "The passkey did not work. Try again, or sign in another way.",
  },

  signIn: enSignIn,
  ticket: enTicket,
  meetings: enMeetings,
};

export type DeskWords = typeof enDesk;
