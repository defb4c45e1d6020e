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

  home: {
    title: "Alle an einem Tisch.",
    lead:
      "Tafelrunde ist eine Videobesprechung, die sich mit einem Link öffnet: ohne Konto, ohne Installation, ohne fremde Dienste.",
    name: "Name der Besprechung (freiwillig)",
    namePlaceholder: "Haushalt 2027",
    nameTooLong: (max) => `Der Name darf höchstens ${max} Zeichen haben.`,
    create: "Besprechung anlegen",
    creating: "Wird angelegt …",
    open: "Einladungslink öffnen",
    openPlaceholder: "Link aus der Einladung einfügen",
    openAction: "Öffnen",
    or: "oder",
    trustTitle: "Darauf können Sie sich verlassen",
    trust: [
      [
        "Gemacht für den Betrieb in Deutschland",
        "Läuft auf Servern in Deutschland oder auf Ihren eigenen. Wo Ihre Besprechungen stattfinden, bestimmen Sie.",
      ],
      [
        "Quelloffen",
        "Jede Zeile lässt sich lesen, prüfen und ändern. Lizenz: Open-Source-Lizenz der Europäischen Union.",
      ],
      [
        "Ohne Dritte",
        "Kein Tracking, keine Werbung, keine fremden Dienste. Nichts wird von anderswo geladen.",
      ],
    ],
    art: "Menschen sitzen um einen runden Tisch",
    failed: {
      offline:
        "Der Server ist nicht erreichbar. Bitte prüfen Sie Ihre Verbindung und versuchen Sie es erneut.",
      busy: "Der Server ist gerade ausgelastet. Bitte versuchen Sie es gleich noch einmal.",
      fault: "Das hat nicht geklappt, und es liegt an uns. Bitte versuchen Sie es erneut.",
    },
  },

  link: {
    empty: "Bitte fügen Sie zuerst einen Link ein.",
    notALink: "Das ist kein Einladungslink. Ein Link sieht so aus:",
    noSecret: "Der Link ist unvollständig: Der Teil nach dem # fehlt. Bitte kopieren Sie den ganzen Link.",
    otherServer: (host) => `Dieser Link gehört zu einem anderen Server: ${host}`,
    openThere: "Dort öffnen",
  },

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

  end: {
    left: {
      title: "Sie haben die Besprechung verlassen.",
      text: "Auf Wiedersehen – oder kommen Sie zurück: Ihr Link gilt weiterhin.",
    },
    rejoin: "Wieder teilnehmen",
    roomUnknown: {
      title: "Dieser Link öffnet keine Besprechung.",
      text:
        "Vielleicht ist er unvollständig oder vertippt. Fragen Sie die einladende Person nach dem Link, oder fügen Sie ihn hier noch einmal ein.",
    },
    roomFull: {
      title: "Die Besprechung ist voll.",
      text: "Im Moment passt niemand mehr hinein. Versuchen Sie es wieder, wenn jemand gegangen ist.",
    },
    linkOver: {
      title: "Dieser Link gilt nicht mehr.",
      text:
        "Er ist abgelaufen, wurde zurückgezogen oder so oft benutzt, wie er darf. Bitten Sie die einladende Person um einen neuen.",
    },
    guestsNotAllowed: {
      title: "Diese Besprechung ist nur für Mitglieder.",
      text: "Bitte melden Sie sich mit einem Konto der Organisation an, zu der sie gehört.",
    },
    signIn: "Anmelden",
    removed: {
      title: "Die Moderation hat Sie aus der Besprechung entfernt.",
      text: "Sie können um erneuten Einlass bitten und warten dann, bis Sie eingelassen werden.",
    },
    banned: {
      title: "Sie können in diese Besprechung nicht zurückkehren.",
      text:
        "Die Moderation hat Sie entfernt. Ist diese Besprechung zu Ende, steht Ihnen die nächste wieder offen.",
    },
    declined: {
      title: "Sie wurden nicht eingelassen.",
      text: "Die Moderation hat Ihre Bitte um Einlass abgelehnt.",
    },
    declinedWord: "Die Moderation schreibt:",
    ended: {
      title: "Die Besprechung ist beendet.",
      text: "Die Moderation hat sie für alle beendet. Auf Wiedersehen!",
    },
    askAgain: "Noch einmal bitten",
    replaced: {
      title: "Die Besprechung läuft in einem anderen Fenster.",
      text: "Sie können nur einmal gleichzeitig teilnehmen. Im neueren Fenster geht es weiter.",
    },
    here: "Hier fortsetzen",
    outdated: {
      title: "Es gibt eine neue Version.",
      text: "Laden Sie die Seite neu, dann können Sie teilnehmen.",
    },
    reload: "Neu laden",
    fault: {
      title: "Etwas ist schiefgegangen.",
      text: "Das war unser Fehler, nicht Ihrer. Meist hilft es, wieder teilzunehmen.",
    },
    notFound: { title: "Hier ist nichts.", text: "Die Adresse ist vertippt, oder die Seite ist umgezogen." },
    create: "Neue Besprechung anlegen",
  },

  notAllowed: "Das ist Ihrer Rolle in dieser Besprechung nicht erlaubt.",

  refused: {
    "room.unknown": "Dieser Link öffnet keine Besprechung.",
    "room.full": "Die Besprechung ist voll.",
    "room.guestsNotAllowed": "Diese Besprechung ist nur für Mitglieder. Bitte melden Sie sich an.",
    "room.banned": "Die Moderation hat Sie aus dieser Besprechung entfernt.",
    "room.waitingFull": "Es warten schon zu viele Personen. Bitte versuchen Sie es gleich noch einmal.",
    "tenant.minutesSpent": "Diese Organisation hat ihre Minuten für diesen Monat verbraucht.",
    "room.nameTooLong": "Der Name hat mehr als 120 Zeichen.",
    "link.revoked": "Dieser Link wurde zurückgezogen.",
    "link.expired": "Dieser Link ist abgelaufen.",
    "link.usedUp": "Mit diesem Link haben schon so viele teilgenommen, wie dürfen.",
    "password.missing": "Bitte geben Sie das Passwort der Besprechung ein.",
    "password.wrong": "Das ist nicht das Passwort der Besprechung.",
    "password.tooFrequent": "Zu viele falsche Passwörter. Bitte warten Sie eine Minute.",
    "participant.unknown": "Diese Person ist nicht mehr da.",
    "participant.isOwner": "Das geht bei der Eigentümerin oder dem Eigentümer der Besprechung nicht.",
    "participant.isCohost":
      "Bei einer Moderatorin oder einem Moderator darf das nur, wem die Besprechung gehört.",
    "participant.notJoined": "Sie nehmen nicht an der Besprechung teil.",
    "participant.nameInvalid": "Bitte geben Sie einen Namen mit höchstens 80 Zeichen ein.",
    "chat.empty": "Eine leere Nachricht lässt sich nicht senden.",
    "chat.tooLong": "Die Nachricht hat mehr als 4.000 Zeichen.",
    "track.unknown": "Dieses Bild oder dieser Ton ist nicht mehr da.",
    "track.idTaken": "Das Starten hat nicht geklappt. Bitte versuchen Sie es erneut.",
    "track.limit": "Das teilen Sie bereits.",
    "track.invalid": "Ihr Browser und der Server fanden kein gemeinsames Format.",
    "media.unavailable": "Bild und Ton sind gerade nicht verfügbar. Der Chat funktioniert.",
    "message.tooFrequent": "Das war zu schnell. Bitte warten Sie einen Moment.",
    "person.tooFrequent": "Das war zu schnell. Bitte warten Sie einen Moment.",
    "room.tooFrequent": "In dieser Besprechung ist gerade sehr viel los. Bitte warten Sie einen Moment.",
    "address.tooFrequent": "Aus Ihrem Netz kommen zu viele Anfragen. Bitte warten Sie einen Moment.",
    "room.busy": "In der Besprechung ist sehr viel los. Bitte versuchen Sie es gleich noch einmal.",
    "store.unavailable":
      "Der Server kann gerade nichts speichern. Bitte versuchen Sie es gleich noch einmal.",
  },
};
