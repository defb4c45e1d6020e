import { plural } from "./plural.ts";
import type { Words } from "./en.ts";

const count = plural("de");

/** Every text of the pages around the meeting, in German. */
export const de: Words = {
  language: "Sprache",
  close: "Schließen",
  tryAgain: "Erneut versuchen",

  lobby: {
    title: "Bereit?",
    present: (n) =>
      n === 0
        ? "Noch ist niemand da."
        : count(n, { one: "Eine Person ist schon da.", other: `${n} Personen sind schon da.` }),
    name: "Ihr Name",
    namePlaceholder: "So sehen andere Sie",
    nameMissing: "Bitte geben Sie Ihren Namen ein, damit andere wissen, wer Sie sind.",
    nameTooLong: (max) => `Der Name darf höchstens ${max} Zeichen haben.`,
    join: "Teilnehmen",
    joining: "Einen Moment …",
    preview: "Ihr Video",
    camera: {
      off: "Ihre Kamera ist aus",
      starting: "Ihre Kamera startet …",
      on: "Ihre Kamera startet …",
      denied: "Ihre Kamera ist blockiert",
      missing: "Keine Kamera gefunden",
      busy: "Ihre Kamera lässt sich nicht starten",
      failed: "Ihre Kamera lässt sich nicht starten",
      insecure: "Ohne https keine Kamera",
      unsupported: "Dieser Browser gibt keine Kamera frei",
      lost: "Ihre Kamera wurde getrennt",
    },
    level: "Lautstärke",
    password: "Passwort der Besprechung",
    passwordHint: "Fragen Sie die Person, die Sie eingeladen hat.",
    ask: "Um Einlass bitten",
    admission: "Die Moderation lässt Sie ein.",
    as: (name) => `Sie sind angemeldet als \u2068${name}\u2069.`,
    noDevices:
      "Sie können auch ohne Kamera und Mikrofon teilnehmen: Sie sehen und hören die anderen und können chatten.",
    connecting: "Verbindung wird aufgebaut …",
    offline: "Keine Verbindung zum Server. Wir versuchen es weiter.",
  },

  devices: {
    mute: "Mikrofon ausschalten",
    unmute: "Mikrofon einschalten",
    cameraOff: "Kamera ausschalten",
    cameraOn: "Kamera einschalten",
    title: "Geräte",
  },

  notAllowed: "Das ist Ihrer Rolle nicht erlaubt.",

  refused: {
    "room.unknown": "Dieser Link öffnet keine Besprechung.",
    "room.full": "Die Besprechung ist voll.",
    "room.guestsNotAllowed": "Diese Besprechung ist nur für Mitglieder. Bitte melden Sie sich an.",
    "room.banned": "Die Moderation hat Sie aus dieser Besprechung entfernt.",
    "room.waitingFull": "Es warten schon zu viele Personen. Bitte versuchen Sie es gleich noch einmal.",
    "tenant.minutesSpent": "Diese Organisation hat alle Minuten für diesen Monat verbraucht.",
    "link.revoked": "Dieser Link wurde widerrufen.",
    "link.expired": "Dieser Link ist abgelaufen.",
    "link.usedUp": "Dieser Link hat sein Limit erreicht.",
    "password.missing": "Bitte geben Sie das Passwort der Besprechung ein.",
    "password.wrong": "Das ist nicht das Passwort der Besprechung.",
    "password.tooFrequent": "Zu viele falsche Passwörter. Bitte warten Sie eine Minute.",
    "participant.notPerson": "Telefone, Streams und Aufzeichnungen behalten ihre Rolle.",
    "participant.tooManyDevices":
      "Sie nehmen schon mit 10 Geräten teil. Verlassen Sie die Besprechung zuerst auf einem davon.",
    "participant.nameInvalid": "Bitte geben Sie einen Namen mit höchstens 80 Zeichen ein.",
    "media.unavailable": "Bild und Ton sind gerade nicht verfügbar. Der Chat funktioniert.",
    "person.tooFrequent": "Das war zu schnell. Bitte warten Sie einen Moment.",
    "room.tooFrequent": "In dieser Besprechung ist gerade sehr viel los. Bitte warten Sie einen Moment.",
    "address.tooFrequent": "Aus Ihrem Netz kommen zu viele Anfragen. Bitte warten Sie einen Moment.",
    "room.logFull": "Der Speicher der Besprechung oder ihrer Organisation ist voll.",
    "room.busy": "In der Besprechung ist sehr viel los. Bitte versuchen Sie es gleich noch einmal.",
    "store.unavailable":
      "Der Server kann gerade nichts speichern. Bitte versuchen Sie es gleich noch einmal.",
  },
};
