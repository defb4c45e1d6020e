import type { Role } from "@tafelrunde/protocol";
import { enMeetings } from "./en_meetings.ts";
import { enOneTimeLink, enSignIn } from "./en_sign_in.ts";

/** Every text of the pages for people with an account, in English. In its own file: it loads with them. */
export const enDashboard = {
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
    moderator: "Moderator",
    presenter: "Presenter",
    participant: "Participant",
    guest: "Guest",
    viewer: "Viewer",
  } satisfies Record<Role, string>,
  roleHints: {
    owner: "Owns the meeting.",
    moderator: "Leads the meeting: lets people in, mutes, sets who can do what.",
    presenter: "Can always speak and share.",
    participant: "Takes part like everyone in the organisation.",
    guest: "Takes part without an account.",
    viewer: "Watches and listens.",
  } satisfies Record<Role, string>,

  unsaved: {
    title: "Leave without saving?",
    text: "You have unsaved changes on this page.",
    leave: "Leave without saving",
    stay: "Stay here",
  },

  errors: {
    title: "That did not work.",
    offline: "The server cannot be reached. Please check your connection and try again.",
    fault: "Something went wrong on our side. Please try again.",
    internal: "Something went wrong on our side. Please try again.",
    busy: "The server is busy. Please try again in a moment.",
    signedOut: "You are no longer signed in. Please sign in again.",
    forbidden: "You have no access. Ask an administrator of your organisation.",
    gone: "This no longer exists.",
    changed:
      "Someone else has changed this, so nothing was saved. Load the newest version, then make your change again.",
    invalid: "Something is not right yet. Please check what you entered.",
    "signIn.wrong": "Wrong e-mail address or password, or unknown passkey or code.",
    "signIn.tooFrequent": "Too many attempts. Please wait a few minutes, then try again.",
    "oneTimeLink.unknown": "This link was already used or has expired.",
    "password.common": "This password is easy to guess. Please choose another.",
    "account.lastAdmin":
      "You are the last administrator of your organisation. Make someone else an administrator first.",
    "account.lastMethod": "Without this you could no longer sign in. Add another way first.",
    "account.federated": "Your organisation’s sign-in service manages this.",
    "account.disabled": "This account is disabled. Ask an administrator of your organisation.",
    "oidc.stateUnknown":
      "This sign-in took too long or was started in another browser. Please sign in again.",
    "oidc.denied": "The sign-in service did not sign you in: you cancelled, or it does not let you in here.",
    "oidc.answerWrong":
      "The sign-in service’s answer could not be verified. Try again; if it keeps failing, contact whoever runs this service.",
    "oidc.notProved":
      "The sign-in service did not ask who you are, so this could not be confirmed. Sign out there and in again, or ask an administrator of your organisation.",
    "oidc.unreachable":
      "The sign-in service does not answer. Try again in a few minutes, or sign in another way.",
    "tenant.unknown":
      "The sign-in service names an organisation that does not exist here. Please contact whoever runs this service.",
    "person.emailTaken": "Someone in your organisation already has this address.",
    "account.proofNeeded": "Please sign in again to do this.",
    "passkey.cancelled": "No passkey was created.",
    "admin.needed": "Only an administrator of your organisation can do this.",
    "favourites.full": "You have reached the limit of favourites. Remove one first.",
    "group.isExternal": "Your sign-in service manages this group. Change it there.",
    "group.nameTaken": "A group with this name already exists.",
    "mail.unavailable":
      "This server cannot send e-mail. Pass on the link instead, or ask whoever runs this installation.",
    "mail.tooFrequent": "Too many e-mails were sent from here or to this address. Please try again later.",
    "meeting.cancelled": "This meeting is already cancelled.",
    "meeting.tooMany": "The limit of meetings per person is reached. Please cancel and delete some first.",
    "meeting.full": "No more people can be invited to this meeting.",
    "meeting.isFirst": "This is the first date. Change or cancel the whole series.",
    "meeting.notSeries": "This meeting does not repeat.",
    "meeting.notYours": "Only people who lead this meeting can change it.",
    "meeting.permanent": "This meeting has no date.",
    "meeting.tooManyExceptions": "Too many dates of this series have already been changed.",
    "member.isOwner": "The host already leads this meeting.",
    "passkey.limit": "You have reached the limit of passkeys. Remove one first.",
    "passkey.taken": "This passkey is already registered.",
    "passkey.wrong": "The passkey did not work. Try again, or sign in another way.",
    "room.linksSpent": "The limit of links is reached. Revoke some first.",
    "room.notAllowed": "Only people who lead this meeting can do this.",
    "signIn.busy": "Many people are signing in right now. Please try again in a moment.",
    "signIn.needed": "You are no longer signed in. Please sign in again.",
    "tenant.groupsSpent": "Your organisation has reached the limit of groups.",
    "tenant.keysSpent": "Your organisation has reached the limit of API keys.",
    "tenant.roomsSpent":
      "Your organisation has reached the limit of rooms. Delete a meeting you no longer need, or ask whoever runs this installation.",
    "tenant.storageSpent": "Your organisation has used all of its storage.",
    "tenant.taken": "Another organisation already has this short name or host name.",
    "passkey.failed": "The passkey did not work. Try again, or sign in another way.",
  },

  signIn: enSignIn,
  oneTimeLink: enOneTimeLink,
  meetings: enMeetings,
};

export type DashboardWords = typeof enDashboard;
