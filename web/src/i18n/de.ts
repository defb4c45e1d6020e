import { plural } from "./plural.ts";
import type { Words } from "./en.ts";

const count = plural("de");

/** Every word of the pages around the meeting, in German. */
export const de: Words = {
  tagline: "Videobesprechungen an einem Tisch",
  language: "Sprache",
  close: "Schließen",
  tryAgain: "Erneut versuchen",
  loading: "Wird geladen …",
  toHome: "Zur Startseite",

  lobby: {
    title: "Bereit?",
    present: (n) =>
      n === 0
        ? "Noch ist niemand da."
        : count(n, { one: "Eine Person ist schon da.", other: `${n} Personen sind schon da.` }),
    name: "Ihr Name",
    namePlaceholder: "So sehen Sie die anderen",
    nameMissing: "Bitte geben Sie Ihren Namen ein, damit die anderen wissen, wer Sie sind.",
    nameTooLong: (max) => `Der Name darf höchstens ${max} Zeichen haben.`,
    join: "Teilnehmen",
    joining: "Einen Moment …",
    preview: "Ihr Bild",
    cameraOff: "Ihre Kamera ist aus",
    cameraStarting: "Ihre Kamera startet …",
    level: "Lautstärke",
    password: "Passwort der Besprechung",
    passwordHint: "Die einladende Person kennt es.",
    ask: "Um Einlass bitten",
    admission: "Die Moderation lässt Sie ein.",
    waiting: "Sie werden gleich eingelassen.",
    waitingText:
      "Die Moderation weiß, dass Sie da sind. Sobald sie Sie einlässt, sind Sie ohne weiteren Klick dabei.",
    stopWaiting: "Gehen",
    as: (name) => `Sie sind angemeldet als ${name}.`,
    noDevices:
      "Sie können auch ohne Kamera und Mikrofon teilnehmen: Sie sehen und hören die anderen und können im Chat schreiben.",
    asking: "Ihr Browser fragt nach einer Erlaubnis. Bitte lassen Sie Kamera und Mikrofon zu.",
    connecting: "Verbindung wird aufgebaut …",
    offline: "Keine Verbindung zum Server. Wir versuchen es weiter.",
  },

  place: {
    distance: (where, ms) => `${where}, ${ms} ms`,
    nearest: "Am nächsten bei Ihnen.",
    together: "Nah bei Ihnen, und die anderen sind auch dort.",
    load: "Die näheren sind gerade ausgelastet.",
    unmeasured: "",
  },

  devices: {
    mute: "Mikrofon ausschalten",
    unmute: "Mikrofon einschalten",
    cameraOff: "Kamera ausschalten",
    cameraOn: "Kamera einschalten",
    title: "Geräte",
    microphone: "Mikrofon",
    camera: "Kamera",
    speaker: "Lautsprecher",
    standard: "Standard",
    unnamed: (kind, n) => `${kind} ${n}`,
    none: "Keines gefunden",
  },

  capture: {
    both: {
      denied:
        "Kamera und Mikrofon sind gesperrt. Erlauben Sie beide im Browser (Symbol neben der Adresse) und versuchen Sie es erneut.",
      missing:
        "Es wurden weder Kamera noch Mikrofon gefunden. Schließen Sie sie an oder nehmen Sie ohne teil.",
      busy:
        "Kamera und Mikrofon ließen sich nicht starten. Vielleicht nutzt sie ein anderes Programm: Schließen Sie dieses und versuchen Sie es erneut.",
      lost:
        "Kamera und Mikrofon sind weg: Sie wurden abgezogen oder ausgeschaltet. Wählen Sie andere oder versuchen Sie es erneut.",
    },
    microphone: {
      denied:
        "Das Mikrofon ist gesperrt. Erlauben Sie es im Browser (Symbol neben der Adresse) und versuchen Sie es erneut.",
      missing: "Es wurde kein Mikrofon gefunden. Schließen Sie eines an oder nehmen Sie ohne teil.",
      busy:
        "Das Mikrofon ließ sich nicht starten. Vielleicht nutzt es ein anderes Programm: Schließen Sie dieses und versuchen Sie es erneut.",
      lost:
        "Das Mikrofon ist weg: Es wurde abgezogen oder ausgeschaltet. Wählen Sie ein anderes oder versuchen Sie es erneut.",
    },
    camera: {
      denied:
        "Die Kamera ist gesperrt. Erlauben Sie sie im Browser (Symbol neben der Adresse) und versuchen Sie es erneut.",
      missing: "Es wurde keine Kamera gefunden. Schließen Sie eine an oder nehmen Sie ohne teil.",
      busy:
        "Die Kamera ließ sich nicht starten. Vielleicht nutzt sie ein anderes Programm: Schließen Sie dieses und versuchen Sie es erneut.",
      lost:
        "Die Kamera ist weg: Sie wurde abgezogen oder ausgeschaltet. Wählen Sie eine andere oder versuchen Sie es erneut.",
    },
  },

  notAllowed: "Das ist Ihrer Rolle in dieser Besprechung nicht erlaubt.",

  refused: {
    "room.unknown": "Dieser Link öffnet keine Besprechung.",
    "room.full": "Die Besprechung ist voll.",
    "room.guestsNotAllowed": "Diese Besprechung ist nur für Mitglieder. Bitte melden Sie sich an.",
    "room.banned": "Die Moderation hat Sie aus dieser Besprechung entfernt.",
    "room.waitingFull": "Es warten schon zu viele Personen. Bitte versuchen Sie es gleich noch einmal.",
    "tenant.minutesSpent": "Diese Organisation hat ihre Minuten für diesen Monat verbraucht.",
    "link.revoked": "Dieser Link wurde zurückgezogen.",
    "link.expired": "Dieser Link ist abgelaufen.",
    "link.usedUp": "Mit diesem Link haben schon so viele teilgenommen, wie dürfen.",
    "password.missing": "Bitte geben Sie das Passwort der Besprechung ein.",
    "password.wrong": "Das ist nicht das Passwort der Besprechung.",
    "password.tooFrequent": "Zu viele falsche Passwörter. Bitte warten Sie eine Minute.",
    "participant.nameInvalid": "Bitte geben Sie einen Namen mit höchstens 80 Zeichen ein.",
    "media.unavailable": "Bild und Ton sind gerade nicht verfügbar. Der Chat funktioniert.",
    "person.tooFrequent": "Das war zu schnell. Bitte warten Sie einen Moment.",
    "room.tooFrequent": "In dieser Besprechung ist gerade sehr viel los. Bitte warten Sie einen Moment.",
    "address.tooFrequent": "Aus Ihrem Netz kommen zu viele Anfragen. Bitte warten Sie einen Moment.",
    "room.busy": "In der Besprechung ist sehr viel los. Bitte versuchen Sie es gleich noch einmal.",
    "store.unavailable":
      "Der Server kann gerade nichts speichern. Bitte versuchen Sie es gleich noch einmal.",
  },
};
