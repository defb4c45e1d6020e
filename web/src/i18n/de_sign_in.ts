import type { enOneTimeLink, enSignIn } from "./en_sign_in.ts";
import { sentence } from "./isolate.ts";

/** Signing in, in German. */
export const deSignIn: typeof enSignIn = {
  title: "Anmelden",
  lead: "Besprechungen planen und wiederfinden. Zum Teilnehmen genügt der Link.",
  email: "E-Mail-Adresse",
  emailMissing: "Bitte geben Sie Ihre E-Mail-Adresse ein.",
  password: "Passwort",
  passwordMissing: "Bitte geben Sie Ihr Passwort ein.",
  action: "Anmelden",
  or: "oder",
  with: (provider) => `Mit ${provider} anmelden`,
  passkey: "Mit Passkey anmelden",
  forgotten: "Passwort vergessen?",
  recovery: "Notfallcode verwenden",
  forgottenLead: "Wir senden Ihnen einen Link, mit dem Sie ein neues Passwort wählen können.",
  forgottenAction: "Link senden",
  forgottenSent:
    "Wenn es ein Konto mit dieser Adresse gibt, ist eine E-Mail unterwegs. Der Link gilt eine Stunde.",
  recoveryLead: "Geben Sie einen Ihrer Notfallcodes ein. Jeder Code gilt einmal.",
  recoveryCode: "Notfallcode",
};

/** One-time links, in German. */
export const deOneTimeLink: typeof enOneTimeLink = {
  firstAdmin: {
    title: "Tafelrunde einrichten",
    lead: "Legen Sie das erste Konto an. Es verwaltet diese Installation und kann andere einladen.",
    action: "Konto anlegen",
  },
  invite: {
    title: "Willkommen",
    lead: "Sie wurden eingeladen. Wählen Sie ein Passwort, dann ist Ihr Konto bereit.",
    action: "Konto anlegen",
  },
  resetPassword: {
    title: "Neues Passwort",
    lead: "Wenn Sie es ändern, werden alle anderen Geräte abgemeldet.",
    action: "Passwort ändern",
  },
  changeEmail: {
    title: "Ist das Ihre Adresse?",
    lead: (name, email) =>
      sentence`Das Konto von ${name} hat dann die Adresse ${email}. Sind Sie das nicht, schließen Sie diese Seite.`,
    action: "Ja, diese Adresse verwenden",
    done: "Ihre Adresse ist geändert.",
    doneLead: (email) =>
      sentence`Ihr Konto hat jetzt die Adresse ${email}. Die bisherige wurde benachrichtigt.`,
    on: "Zu meinem Konto",
  },
  name: "Ihr Name",
  nameMissing: "Bitte geben Sie Ihren Namen ein, damit andere wissen, wer Sie sind.",
  email: "E-Mail-Adresse",
  emailMissing: "Bitte geben Sie eine E-Mail-Adresse ein.",
  password: "Passwort",
  newPassword: "Neues Passwort",
  passwordHint: (min) =>
    `Mindestens ${min} Zeichen. Ein paar Wörter hintereinander merken sich leicht und sind schwer zu erraten.`,
  passwordShort: (min) => `Bitte wählen Sie ein Passwort mit mindestens ${min} Zeichen.`,
  over: {
    title: "Dieser Link gilt nicht mehr.",
    text: "Er wurde schon benutzt oder ist abgelaufen. Bitten Sie um einen neuen, oder melden Sie sich an.",
    action: "Anmelden",
  },
};
