import { sentence } from "./isolate.ts";

/** Signing in, in English. */
export const enSignIn = {
  title: "Sign in",
  lead: "To plan meetings and find them again. To join one, a link is enough.",
  email: "E-mail address",
  emailMissing: "Please enter your e-mail address.",
  password: "Password",
  passwordMissing: "Please enter your password.",
  action: "Sign in",
  or: "or",
  with: (provider: string) => `Sign in with ${provider}`,
  passkey: "Sign in with a passkey",
  forgotten: "Forgotten your password?",
  recovery: "Use a recovery code",
  forgottenLead: "We send you a link with which you can choose a new password.",
  forgottenAction: "Send link",
  forgottenSent:
    "If there is an account with this address, a mail is on its way. The link is good for one hour.",
  recoveryLead: "Enter one of the codes that you kept when you set up your account. Each code works once.",
  recoveryCode: "Recovery code",
};

/** Links that are good once, in English. */
export const enTicket = {
  firstAdmin: {
    title: "Set up Tafelrunde",
    lead: "Make the first account. It administers this installation and can invite others.",
    action: "Create account",
  },
  invite: {
    title: "Welcome",
    lead: "You have been invited. Choose a password, then your account is ready.",
    action: "Create account",
  },
  resetPassword: {
    title: "New password",
    lead: "All other devices are signed out when you change it.",
    action: "Change password",
  },
  changeEmail: {
    title: "Is this your address?",
    lead: (name: string, email: string) =>
      sentence`From now on ${name}’s account will have the address ${email}. If that is not you, leave it.`,
    action: "Yes, use this address",
    done: "Your address is changed.",
    doneLead: (email: string) =>
      sentence`Your account has the address ${email} now. The one before got a message.`,
    on: "To my account",
  },
  name: "Your name",
  nameMissing: "Please enter your name so that the others know who you are.",
  email: "E-mail address",
  emailMissing: "Please enter an e-mail address.",
  password: "Password",
  newPassword: "New password",
  passwordHint: (min: number) =>
    `At least ${min} characters. A few words in a row are easy to remember and hard to guess.`,
  passwordShort: (min: number) => `Please choose a password of at least ${min} characters.`,
  over: {
    title: "This link is used up.",
    text: "It was used already, or it is too old. Ask for a new one, or sign in.",
    action: "Sign in",
  },
};
