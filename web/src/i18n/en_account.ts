import { sentence } from "./isolate.ts";

/** One's own account, in English. */
export const enAccount = {
  title: "Account",
  tabs: { profile: "Profile", "sign-in": "Sign-in and devices", data: "Your data" },

  profile: "Profile",
  profileLead: "So others see you in meetings and invitations.",
  name: "Name",
  nameMissing: "Please enter your name.",
  email: "E-mail address",
  emailNone: "None is known.",
  emailChange: "Change address",
  emailNew: "New e-mail address",
  emailHint: "We send a link there. Your address changes when you have opened it.",
  emailWrong: "Please enter an e-mail address.",
  emailSend: "Send link",
  emailSent: (address: string) =>
    sentence`A mail with a link is on its way to ${address}. It is good for a day.`,
  emailFederated: "Your organisation’s sign-in service says what your address is.",
  language: "Language",
  languageAuto: "As the browser says",
  zone: "Time zone",
  zoneAuto: (zone: string) => `As the browser says (${zone})`,

  mailsAnswers: "Tell me by mail who answers my invitations",
  mailsAnswersHint: "One message for a meeting, every ten minutes at most.",

  password: "Password",
  passwordSet: "You can sign in with your e-mail address and a password.",
  passwordNone: "You have no password: you sign in another way.",
  passwordOld: "Current password",
  passwordNew: "New password",
  passwordChange: "Change password",
  passwordAdd: "Set a password",
  passwordChanged: "Your password is changed. All other devices are signed out.",

  passkeys: "Passkeys",
  passkeysLead:
    "Sign in with your fingerprint, your face or the PIN of your device. Nothing to remember, nothing to steal.",
  passkeysNone: "You have no passkey yet.",
  passkeyAdd: "Add a passkey",
  passkeyName: "Name of the passkey",
  passkeyNamePlaceholder: "My laptop",
  passkeyRemove: (name: string) => `Remove passkey ${name}`,
  passkeyUnsupported: "This browser cannot do passkeys.",
  remove: "Remove",
  addedAt: (date: string) => `Added ${date}`,
  usedAt: (date: string) => `last used ${date}`,
  neverUsed: "never used",

  recovery: "Recovery codes",
  recoveryLead:
    "If you lose your password or your passkey, one of these codes lets you in. Keep them where only you find them.",
  recoveryLeft: (n: number) =>
    n === 0 ? "You have no unused codes." : n === 1 ? "One code is unused." : `${n} codes are unused.`,
  recoveryMake: "Make new codes",
  recoveryMakeHint: "Codes from before stop working.",
  recoveryShown: "Your new codes. This page shows them once: copy, save or print them now.",
  recoveryDone: "I have kept them",
  downloadFile: "Save as file",
  print: "Print",

  sessions: "Where you are signed in",
  sessionHere: "This device",
  sessionSeen: (date: string) => `Last active ${date}`,
  signOut: "Sign out",
  signOutOf: (device: string) => `Sign out ${device}`,
  signOutAll: "Sign out everywhere",
  signOutAllText:
    "All devices are signed out, this one as well. You leave meetings that you are in with this account.",

  proof: {
    title: "Is it you?",
    text: "Before you change how this account is signed in to, please sign in once more.",
  },

  exportTitle: "Take your data with you",
  exportText:
    "One file (JSON) with everything that is stored about you: profile, sign-in methods, meetings, invitations and answers.",
  exportAction: "Download my data",
  deleteTitle: "Delete your account",
  deleteText:
    "Your profile, your meetings and your rooms are erased. Whoever is invited to a meeting that is to come gets a mail that it is cancelled, and a meeting that is under way in one of your rooms ends for everyone. This cannot be undone.",
  deleteAction: "Delete my account …",
  deleteConfirm: "Delete for ever",
  deleteMistyped: "That is not the same yet.",
  deleteType: (email: string) => `To be sure, please type ${email}`,
};

export type AccountWords = typeof enAccount;
