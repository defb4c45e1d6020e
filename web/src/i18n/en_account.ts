import { sentence } from "./isolate.ts";

/** One's own account, in English. */
export const enAccount = {
  title: "Account",
  tabs: { profile: "Profile", "sign-in": "Sign-in and devices", data: "Your data" },

  profile: "Profile",
  profileLead: "How others see you in meetings and invitations.",
  name: "Name",
  nameMissing: "Please enter your name.",
  email: "E-mail address",
  emailNone: "None yet.",
  emailChange: "Change address",
  emailNew: "New e-mail address",
  emailHint: "We will send a link there. Your address changes when you open it.",
  emailWrong: "Please enter an e-mail address.",
  emailSend: "Send link",
  emailSent: (address: string) =>
    sentence`An e-mail with a link is on its way to ${address}. The link works for one day.`,
  emailFederated: "Your address comes from your organisation’s sign-in service.",
  language: "Language",
  languageAuto: "Same as browser",
  zone: "Time zone",
  zoneAuto: (zone: string) => `Same as browser (${zone})`,

  mailsAnswers: "E-mail me when people answer my invitations",
  mailsAnswersHint: "One e-mail per meeting, at most every ten minutes.",

  password: "Password",
  passwordSet: "You can sign in with your e-mail address and a password.",
  passwordNone: "You have no password: you sign in another way.",
  passwordOld: "Current password",
  passwordNew: "New password",
  passwordChange: "Change password",
  passwordAdd: "Set a password",
  passwordChanged: "Your password has been changed. All other devices are signed out.",

  passkeys: "Passkeys",
  passkeysLead:
    "Sign in with your fingerprint, your face or the PIN of your device. Nothing to remember, nothing to steal.",
  passkeysNone: "You have no passkey yet.",
  passkeyAdd: "Add a passkey",
  passkeyName: "Name of the passkey",
  passkeyNamePlaceholder: "My laptop",
  passkeyRemove: (name: string) => `Remove passkey ${name}`,
  passkeyUnsupported: "This browser does not support passkeys.",
  remove: "Remove",
  addedAt: (date: string) => `Added ${date}`,
  usedAt: (date: string) => `last used ${date}`,
  neverUsed: "never used",

  recovery: "Recovery codes",
  recoveryLead:
    "If you lose your password or your passkey, one of these codes lets you in. Keep them where only you can find them.",
  recoveryLeft: (n: number) =>
    n === 0 ? "You have no unused codes." : n === 1 ? "One code is unused." : `${n} codes are unused.`,
  recoveryMake: "Create new codes",
  recoveryMakeHint: "Your old codes will stop working.",
  recoveryShown: "Your new codes are shown only once. Copy, save or print them now.",
  recoveryDone: "I have saved them",
  downloadFile: "Save as file",
  print: "Print",

  sessions: "Where you are signed in",
  sessionHere: "This device",
  sessionSeen: (date: string) => `Last active ${date}`,
  signOut: "Sign out",
  signOutOf: (device: string) => `Sign out ${device}`,
  signOutAll: "Sign out everywhere",
  signOutAllText:
    "All devices are signed out, this one as well. You leave all meetings you are in with this account.",

  proof: {
    title: "Is that you?",
    text: "Please sign in again before you change how you sign in.",
  },

  exportTitle: "Take your data with you",
  exportText:
    "One file (JSON) with everything that is stored about you: profile, sign-in methods, meetings, invitations and answers.",
  exportAction: "Download my data",
  deleteTitle: "Delete your account",
  deleteText:
    "Your profile, your meetings and your rooms are deleted. People invited to upcoming meetings get a cancellation by e-mail, and a running meeting in one of your rooms ends for everyone. This cannot be undone.",
  deleteAction: "Delete my account …",
  deleteConfirm: "Delete permanently",
  deleteMistyped: "This does not match yet.",
  deleteType: (email: string) => `To be sure, please type ${email}`,
};

export type AccountWords = typeof enAccount;
