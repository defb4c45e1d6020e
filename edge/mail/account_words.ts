import { shownEmail } from "@tafelrunde/protocol";
import { type Language, sayInstant } from "./language.ts";
import type { Letter } from "./letter.ts";
import type { Page } from "./page.ts";

/** Time zone of instants in mails to people whose time zone is unknown. */
const TIME_ZONE = "Europe/Berlin";

interface AccountWords {
  invited(letter: Extract<Letter, { kind: "account.invited" }>): Page;
  passwordForgotten(letter: Extract<Letter, { kind: "password.forgotten" }>): Page;
  emailConfirm(letter: Extract<Letter, { kind: "email.confirm" }>): Page;
  emailChanged(letter: Extract<Letter, { kind: "email.changed" }>): Page;
}

/** Mails about accounts. */
export const ACCOUNT_WORDS: Readonly<Record<Language, AccountWords>> = {
  de: {
    invited: ({ tenantName, inviterName, url, expiresAt }) => ({
      subject: `Ihr Zugang zu ${tenantName}`,
      paragraphs: [
        "Guten Tag,",
        `${inviterName} hat für Sie einen Zugang zu Videokonferenzen bei ${tenantName} angelegt. Mit diesem Link richten Sie ihn ein:`,
      ],
      facts: [],
      actions: [{ label: "Zugang einrichten", url }],
      closing: [
        `Der Link gilt einmal, bis ${sayInstant(expiresAt, TIME_ZONE, "de")}.`,
        "Wenn Sie damit nichts anfangen können, löschen Sie diese Nachricht einfach.",
      ],
    }),
    passwordForgotten: ({ tenantName, url, expiresAt }) => ({
      subject: `Neues Passwort für ${tenantName}`,
      paragraphs: [
        "Guten Tag,",
        `jemand, hoffentlich Sie, möchte ein neues Passwort für Ihren Zugang bei ${tenantName}. Mit diesem Link legen Sie es fest:`,
      ],
      facts: [],
      actions: [{ label: "Neues Passwort festlegen", url }],
      closing: [
        `Der Link gilt einmal, bis ${sayInstant(expiresAt, TIME_ZONE, "de")}.`,
        "Waren Sie es nicht? Dann löschen Sie diese Nachricht; Ihr Passwort bleibt, wie es ist.",
      ],
    }),
    emailConfirm: ({ tenantName, url, expiresAt }) => ({
      subject: `Ihre neue E-Mail-Adresse bei ${tenantName}`,
      paragraphs: [
        "Guten Tag,",
        `jemand, hoffentlich Sie, möchte diese Adresse für den eigenen Zugang bei ${tenantName} benutzen. Mit diesem Link bestätigen Sie sie:`,
      ],
      facts: [],
      actions: [{ label: "Adresse bestätigen", url }],
      closing: [
        `Der Link gilt einmal, bis ${sayInstant(expiresAt, TIME_ZONE, "de")}.`,
        "Waren Sie es nicht? Dann löschen Sie diese Nachricht; es ändert sich nichts.",
      ],
    }),
    emailChanged: ({ tenantName, email }) => ({
      subject: `Ihr Zugang bei ${tenantName} hat eine andere E-Mail-Adresse`,
      paragraphs: [
        "Guten Tag,",
        `Ihr Zugang bei ${tenantName} hat von jetzt an die Adresse ${
          shownEmail(email)
        }. Nachrichten gehen nicht mehr an diese hier.`,
      ],
      facts: [],
      actions: [],
      closing: [
        "Waren Sie es nicht? Dann wenden Sie sich bitte gleich an die Verwaltung Ihrer Organisation.",
      ],
    }),
  },
  en: {
    invited: ({ tenantName, inviterName, url, expiresAt }) => ({
      subject: `Your account at ${tenantName}`,
      paragraphs: [
        "Hello,",
        `${inviterName} has made an account for you for video conferences at ${tenantName}. Set it up with this link:`,
      ],
      facts: [],
      actions: [{ label: "Set up your account", url }],
      closing: [
        `The link is good once, until ${sayInstant(expiresAt, TIME_ZONE, "en")}.`,
        "If this means nothing to you, just delete this message.",
      ],
    }),
    passwordForgotten: ({ tenantName, url, expiresAt }) => ({
      subject: `A new password for ${tenantName}`,
      paragraphs: [
        "Hello,",
        `somebody, hopefully you, would like a new password for your account at ${tenantName}. Choose it with this link:`,
      ],
      facts: [],
      actions: [{ label: "Choose a new password", url }],
      closing: [
        `The link is good once, until ${sayInstant(expiresAt, TIME_ZONE, "en")}.`,
        "It was not you? Then delete this message; your password stays as it is.",
      ],
    }),
    emailConfirm: ({ tenantName, url, expiresAt }) => ({
      subject: `Your new e-mail address at ${tenantName}`,
      paragraphs: [
        "Hello,",
        `somebody, hopefully you, would like to use this address for their account at ${tenantName}. Confirm it with this link:`,
      ],
      facts: [],
      actions: [{ label: "Confirm address", url }],
      closing: [
        `The link is good once, until ${sayInstant(expiresAt, TIME_ZONE, "en")}.`,
        "It was not you? Then delete this message; nothing changes.",
      ],
    }),
    emailChanged: ({ tenantName, email }) => ({
      subject: `Your account at ${tenantName} has another e-mail address`,
      paragraphs: [
        "Hello,",
        `from now on, your account at ${tenantName} has the address ${
          shownEmail(email)
        }. Messages do not come to this one any more.`,
      ],
      facts: [],
      actions: [],
      closing: ["It was not you? Then please tell whoever administers your organisation at once."],
    }),
  },
};
