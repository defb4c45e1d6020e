import type { AccountWords } from "./en_account.ts";
import { sentence } from "./isolate.ts";

/** One's own account, in German. */
export const deAccount: AccountWords = {
  title: "Konto",
  tabs: { profile: "Profil", "sign-in": "Anmeldung und Geräte", data: "Ihre Daten" },

  profile: "Profil",
  profileLead: "So sehen andere Sie in Besprechungen und Einladungen.",
  name: "Name",
  nameMissing: "Bitte geben Sie Ihren Namen ein.",
  email: "E-Mail-Adresse",
  emailNone: "Noch keine.",
  emailChange: "Adresse ändern",
  emailNew: "Neue E-Mail-Adresse",
  emailHint: "Wir senden einen Link dorthin. Ihre Adresse ändert sich, wenn Sie ihn öffnen.",
  emailWrong: "Bitte geben Sie eine E-Mail-Adresse ein.",
  emailSend: "Link senden",
  emailSent: (address) =>
    sentence`Eine E-Mail mit einem Link ist unterwegs an ${address}. Er gilt einen Tag.`,
  emailFederated: "Ihre Adresse kommt vom Anmeldedienst Ihrer Organisation.",
  language: "Sprache",
  languageAuto: "Wie im Browser eingestellt",
  zone: "Zeitzone",
  zoneAuto: (zone) => `Wie im Browser eingestellt (${zone})`,

  mailsAnswers: "Antworten auf meine Einladungen per E-Mail melden",
  mailsAnswersHint: "Eine Nachricht je Besprechung, höchstens alle zehn Minuten.",

  password: "Passwort",
  passwordSet: "Sie können sich mit E-Mail-Adresse und Passwort anmelden.",
  passwordNone: "Sie haben kein Passwort: Sie melden sich anders an.",
  passwordOld: "Bisheriges Passwort",
  passwordNew: "Neues Passwort",
  passwordChange: "Passwort ändern",
  passwordAdd: "Passwort festlegen",
  passwordChanged: "Ihr Passwort ist geändert. Alle anderen Geräte sind abgemeldet.",

  passkeys: "Passkeys",
  passkeysLead:
    "Anmelden mit Fingerabdruck, Gesicht oder der PIN Ihres Geräts. Nichts zu merken, nichts zu stehlen.",
  passkeysNone: "Sie haben noch keinen Passkey.",
  passkeyAdd: "Passkey hinzufügen",
  passkeyName: "Name des Passkeys",
  passkeyNamePlaceholder: "Mein Laptop",
  passkeyRemove: (name) => `Passkey ${name} entfernen`,
  passkeyUnsupported: "Dieser Browser unterstützt keine Passkeys.",
  remove: "Entfernen",
  addedAt: (date) => `Hinzugefügt am ${date}`,
  usedAt: (date) => `zuletzt benutzt am ${date}`,
  neverUsed: "nie benutzt",

  recovery: "Notfallcodes",
  recoveryLead:
    "Wenn Sie Passwort oder Passkey verlieren, lässt einer dieser Codes Sie herein. Bewahren Sie sie so auf, dass nur Sie sie finden.",
  recoveryLeft: (n) =>
    n === 0
      ? "Sie haben keine unbenutzten Codes."
      : n === 1
      ? "Ein Code ist unbenutzt."
      : `${n} Codes sind unbenutzt.`,
  recoveryMake: "Neue Codes erzeugen",
  recoveryMakeHint: "Die bisherigen Codes gelten dann nicht mehr.",
  recoveryShown:
    "Ihre neuen Codes werden nur einmal gezeigt. Kopieren, speichern oder drucken Sie sie jetzt.",
  recoveryDone: "Ich habe sie gesichert",
  downloadFile: "Als Datei speichern",
  print: "Drucken",

  sessions: "Wo Sie angemeldet sind",
  sessionHere: "Dieses Gerät",
  sessionSeen: (date) => `Zuletzt aktiv ${date}`,
  signOut: "Abmelden",
  signOutOf: (device) => `${device} abmelden`,
  signOutAll: "Überall abmelden",
  signOutAllText:
    "Alle Geräte werden abgemeldet, auch dieses. Sie verlassen alle Besprechungen, in denen Sie mit diesem Konto sind.",

  proof: {
    title: "Sind Sie es?",
    text: "Bitte melden Sie sich noch einmal an, bevor Sie Ihre Anmeldung ändern.",
  },

  exportTitle: "Daten mitnehmen",
  exportText:
    "Eine Datei (JSON) mit allem, was über Sie gespeichert ist: Profil, Anmeldearten, Besprechungen, Einladungen und Antworten.",
  exportAction: "Meine Daten herunterladen",
  deleteTitle: "Konto löschen",
  deleteText:
    "Ihr Profil, Ihre Besprechungen und Ihre Räume werden gelöscht. Wer zu einer künftigen Besprechung eingeladen ist, erhält eine Absage per E-Mail; eine laufende Besprechung in einem Ihrer Räume endet für alle. Das lässt sich nicht rückgängig machen.",
  deleteAction: "Mein Konto löschen …",
  deleteConfirm: "Endgültig löschen",
  deleteMistyped: "Das stimmt noch nicht überein.",
  deleteType: (email) => `Zur Sicherheit tippen Sie bitte ${email}`,
};
