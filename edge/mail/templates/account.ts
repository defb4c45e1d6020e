import { shownEmail } from "@tafelrunde/protocol";
import type { Language } from "@tafelrunde/protocol";
import { sayInstant } from "../language.ts";
import type { MailContent } from "./template.ts";
import type { Page } from "../page.ts";

/** Time zone of instants in mails to people whose time zone is unknown. */
const TIME_ZONE = "Europe/Berlin";

interface AccountWords {
  invited(content: Extract<MailContent, { kind: "account.invited" }>): Page;
  passwordForgotten(content: Extract<MailContent, { kind: "password.forgotten" }>): Page;
  emailConfirm(content: Extract<MailContent, { kind: "email.confirm" }>): Page;
  emailChanged(content: Extract<MailContent, { kind: "email.changed" }>): Page;
}

/** Mails about accounts. */
export const ACCOUNT_MAILS: Readonly<Record<Language, AccountWords>> = {
  de: {
    invited: ({ tenantName, inviterName, url, expiresAt }) => ({
      subject: `Ihr Konto bei ${tenantName}`,
      paragraphs: [
        "Guten Tag,",
        `${inviterName} hat für Sie ein Konto für Videokonferenzen bei ${tenantName} angelegt. Mit diesem Link richten Sie es ein:`,
      ],
      facts: [],
      actions: [{ label: "Konto einrichten", url }],
      closing: [
        `Der Link gilt einmal, bis ${sayInstant(expiresAt, TIME_ZONE, "de")}.`,
        "Wenn Sie damit nichts anfangen können, löschen Sie diese Nachricht einfach.",
      ],
    }),
    passwordForgotten: ({ tenantName, url, expiresAt }) => ({
      subject: `Neues Passwort für ${tenantName}`,
      paragraphs: [
        "Guten Tag,",
        `jemand, hoffentlich Sie, möchte ein neues Passwort für Ihr Konto bei ${tenantName}. Mit diesem Link legen Sie es fest:`,
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
        `jemand, hoffentlich Sie, möchte diese Adresse für ein Konto bei ${tenantName} verwenden. Mit diesem Link bestätigen Sie sie:`,
      ],
      facts: [],
      actions: [{ label: "Adresse bestätigen", url }],
      closing: [
        `Der Link gilt einmal, bis ${sayInstant(expiresAt, TIME_ZONE, "de")}.`,
        "Waren Sie es nicht? Dann löschen Sie diese Nachricht; es ändert sich nichts.",
      ],
    }),
    emailChanged: ({ tenantName, email }) => ({
      subject: `Ihr Konto bei ${tenantName} hat eine neue E-Mail-Adresse`,
      paragraphs: [
        "Guten Tag,",
        `Ihr Konto bei ${tenantName} hat jetzt die Adresse ${
          shownEmail(email)
        }. Nachrichten gehen nicht mehr an diese Adresse.`,
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
        `${inviterName} has created an account for you for video conferences at ${tenantName}. Set it up with this link:`,
      ],
      facts: [],
      actions: [{ label: "Set up your account", url }],
      closing: [
        `The link works once, until ${sayInstant(expiresAt, TIME_ZONE, "en")}.`,
        "If you did not expect this, just delete this message.",
      ],
    }),
    passwordForgotten: ({ tenantName, url, expiresAt }) => ({
      subject: `A new password for ${tenantName}`,
      paragraphs: [
        "Hello,",
        `someone, hopefully you, asked for a new password for your account at ${tenantName}. Choose it with this link:`,
      ],
      facts: [],
      actions: [{ label: "Choose a new password", url }],
      closing: [
        `The link works once, until ${sayInstant(expiresAt, TIME_ZONE, "en")}.`,
        "Was this not you? Then delete this message; your password stays as it is.",
      ],
    }),
    emailConfirm: ({ tenantName, url, expiresAt }) => ({
      subject: `Your new e-mail address at ${tenantName}`,
      paragraphs: [
        "Hello,",
        `someone, hopefully you, wants to use this address for an account at ${tenantName}. Confirm it with this link:`,
      ],
      facts: [],
      actions: [{ label: "Confirm address", url }],
      closing: [
        `The link works once, until ${sayInstant(expiresAt, TIME_ZONE, "en")}.`,
        "Was this not you? Then delete this message; nothing changes.",
      ],
    }),
    emailChanged: ({ tenantName, email }) => ({
      subject: `Your account at ${tenantName} has a new e-mail address`,
      paragraphs: [
        "Hello,",
        `your account at ${tenantName} now has the address ${
          shownEmail(email)
        }. Messages no longer come to this address.`,
      ],
      facts: [],
      actions: [],
      closing: ["Was this not you? Then please tell an administrator of your organisation at once."],
    }),
  },
};
