import { sentence } from "./isolate.ts";

/** Signing in, in English. */
export const enSignIn = {
  title: "Sign in",
  lead: "Plan meetings and find them again. To join one, the link is enough.",
  email: "E-mail address",
  emailMissing: "Please enter your e-mail address.",
  password: "Password",
  passwordMissing: "Please enter your password.",
  action: "Sign in",
  or: "or",
  with: (provider: string) => `Sign in with ${provider}`,
  passkey: "Sign in with a passkey",
  forgotten: "Forgot your password?",
  recovery: "Use a recovery code",
  forgottenLead: "We will send you a link to choose a new password.",
  forgottenAction: "Send link",
  forgottenSent: "If this address has an account, an e-mail is on its way. The link works for one hour.",
  recoveryLead: "Enter one of your recovery codes. Each code works once.",
  recoveryCode: "Recovery code",
};

/** One-time links, in English. */
export const enOneTimeLink = {
  firstAdmin: {
    title: "Set up Tafelrunde",
    lead: "Create the first account. It manages this installation and can invite others.",
    action: "Create account",
  },
  invite: {
    title: "Welcome",
    lead: "You have been invited. Choose a password, then your account is ready.",
    action: "Create account",
  },
  resetPassword: {
    title: "New password",
    lead: "Changing it signs out all your other devices.",
    action: "Change password",
  },
  changeEmail: {
    title: "Is this your address?",
    lead: (name: string, email: string) =>
      sentence`${name}’s account will use the address ${email}. If that is not you, close this page.`,
    action: "Yes, use this address",
    done: "Your address has been changed.",
    doneLead: (email: string) =>
      sentence`Your account now has the address ${email}. The old address was notified.`,
    on: "To my account",
  },
  name: "Your name",
  nameMissing: "Please enter your name so others know who you are.",
  email: "E-mail address",
  emailMissing: "Please enter an e-mail address.",
  password: "Password",
  newPassword: "New password",
  passwordHint: (min: number) =>
    `At least ${min} characters. A few words in a row are easy to remember and hard to guess.`,
  passwordShort: (min: number) => `Please choose a password of at least ${min} characters.`,
  over: {
    title: "This link no longer works.",
    text: "It was already used or has expired. Ask for a new one, or sign in.",
    action: "Sign in",
  },
};
