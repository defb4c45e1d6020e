import { sentence } from "./isolate.ts";
import { plural } from "./plural.ts";
import type { RoomWords } from "./en_room.ts";

const count = plural("de");

/** Every text of the meeting itself, in German. */
export const deRoom: RoomWords = {
  untitled: "Besprechung",
  controls: "Bedienung",
  share: "Bildschirm teilen",
  stopShare: "Teilen beenden",
  participants: "Teilnehmende",
  copyLink: "Link kopieren",
  linkCopied: "Link kopiert. Schicken Sie ihn allen, die teilnehmen sollen.",
  noLink: "Der Link ließ sich nicht laden. Bitte versuchen Sie es erneut.",
  linkNotCopied: "Der Browser hat das Kopieren nicht erlaubt. Hier ist der Link:",
  leave: "Besprechung verlassen",
  devices: "Geräte",
  choices: {
    microphone: "Mikrofon",
    camera: "Kamera",
    speaker: "Lautsprecher",
    standard: "Standard",
    unnamed: (kind, n) => `${kind} ${n}`,
    none: "Keines gefunden",
  },
  place: {
    distance: (where, ms) => `${where}, ${ms} ms`,
    nearest: "Am nächsten bei Ihnen.",
    together: "Nah bei Ihnen und den anderen.",
    load: "Die näheren sind gerade ausgelastet.",
    unmeasured: "",
  },
  people: "Personen",
  more: "Mehr",
  you: "Sie",
  screenOf: (name) => sentence`Bildschirm von ${name}`,
  screens: "Geteilte Bildschirme",
  sharing: "Sie teilen Ihren Bildschirm.",
  micOff: "Mikrofon aus",
  away: "Verbindung verloren, wir warten …",
  still: "Verbindung unterbrochen …",
  awayShort: "Abwesend",
  unreadable: "Verschlüsselt: Diese Seite kann es nicht lesen.",
  alone: "Außer Ihnen ist noch niemand da.",
  aloneHint: "Schicken Sie den Link an alle, die teilnehmen sollen. Ein Browser genügt.",
  joined: (name) => sentence`${name} ist dabei`,
  left: (name) => sentence`${name} ist gegangen`,
  joinedMany: (n) =>
    count(n, { one: "Eine Person ist dazugekommen", other: `${n} Personen sind dazugekommen` }),
  leftMany: (n) => count(n, { one: "Eine Person ist gegangen", other: `${n} Personen sind gegangen` }),
  reconnecting: "Verbindung unterbrochen. Wird wiederhergestellt …",
  mediaBroken: "Bild und Ton sind unterbrochen und gleich wieder da.",
  interrupted: "Verbindung zwischen Standorten unterbrochen",
  mediaNone: "Bild und Ton sind gerade nicht verfügbar. Der Chat funktioniert; wir versuchen es weiter.",
  mutedSpeaking: "Sie sprechen, aber Ihr Mikrofon ist aus.",
  hear: "Tippen, um die anderen zu hören",
  hearAndSee: "Tippen, um die anderen zu sehen und zu hören",
  elsewhere: {
    second:
      "Sie nehmen schon mit einem anderen Gerät teil. Wenn Sie auch hier teilnehmen, sind Mikrofon und Ton hier zunächst aus.",
    move: "Hierher wechseln",
    moveHint: "Das andere Gerät verlässt die Besprechung.",
    silent: "Der Ton ist hier aus, weil Sie auch mit einem anderen Gerät teilnehmen.",
    sound: "Ton einschalten",
    soundHere: "Ton auf diesem Gerät",
    count: (n) => count(n, { one: "Ein Gerät", other: `${n} Geräte` }),
  },
  kinds: { phone: "Telefon", ingest: "Stream", recorder: "Aufzeichnung" },
  inRoom: (n) => count(n, { one: "Eine Person", other: `${n} Personen` }),
  speaking: "spricht",
  cameraState: { on: "Kamera an", off: "Kamera aus" },
  micState: { on: "Mikrofon an", off: "Mikrofon aus" },

  roles: {
    owner: "Leitung",
    moderator: "Moderation",
    presenter: "Vortrag",
    participant: "Teilnahme",
    guest: "Gast",
    viewer: "Nur zusehen",
  },
  roleHint: {
    moderator: "Leitet die Besprechung mit Ihnen.",
    presenter: "Darf immer sprechen und teilen.",
    participant: "Darf, was der Raum allen erlaubt.",
    guest: "Darf, was der Raum Gästen erlaubt.",
    viewer: "Sieht zu und darf im Chat schreiben.",
  },
  roleNow: {
    owner: "Sie leiten jetzt die Besprechung.",
    moderator: "Sie moderieren jetzt.",
    presenter: "Sie tragen jetzt vor.",
    participant: "Sie nehmen jetzt teil.",
    guest: "Sie sind jetzt Gast.",
    viewer: "Sie sehen jetzt zu und können im Chat schreiben.",
  },
  role: "Rolle in dieser Besprechung",
  optionsOf: (name) => `Optionen für ${name}`,
  done: "Fertig",
  cancel: "Abbrechen",
  save: "Speichern",
  rename: "Name in dieser Besprechung",
  muteOne: "Stummschalten",
  stopCamera: "Kamera ausschalten",
  stopShareOf: "Teilen beenden",
  remove: "Aus der Besprechung entfernen",
  removeTitle: (name) => sentence`${name} entfernen?`,
  removeText: "Die Person kann um erneuten Einlass bitten; dann entscheiden Sie.",
  ban: "Nicht wieder in diese Besprechung lassen",
  moderation: "Moderation",
  muteAll: "Alle stummschalten",
  settings: "Raumeinstellungen",
  endForAll: "Für alle beenden",
  endTitle: "Besprechung für alle beenden?",
  endText: "Alle verlassen die Besprechung, auch Wartende. Der Link gilt weiter für die nächste.",
  mutedAll: "Alle außer der Moderation werden stummgeschaltet. Sie können ihr Mikrofon wieder einschalten.",
  beingMuted: "wird stummgeschaltet …",
  beingRemoved: (name: string) =>
    sentence`${name} wird entfernt. Bis das bestätigt ist, hört und sieht die Person vielleicht noch mit.`,
  cameraStopping: "Kamera wird ausgeschaltet …",
  aModerator: "Die Moderation",
  mutedBy: (name) => sentence`${name} hat Ihr Mikrofon stummgeschaltet.`,
  cameraStoppedBy: (name) => sentence`${name} hat Ihre Kamera ausgeschaltet.`,
  shareStoppedBy: (name) => sentence`${name} hat Ihr Teilen beendet.`,
  waitingSelf: {
    title: "Sie werden gleich eingelassen.",
    text: "Die Moderation weiß, dass Sie da sind. Sobald sie Sie einlässt, sind Sie automatisch dabei.",
    leave: "Gehen",
  },
  waiting: {
    title: (n) => count(n, { one: "Eine Person wartet", other: `${n} Personen warten` }),
    asks: (name) => sentence`${name} möchte teilnehmen.`,
    admit: "Einlassen",
    admitOne: (name) => `${name} einlassen`,
    admitAll: "Alle einlassen",
    decline: "Ablehnen",
    declineOne: (name) => `${name} nicht einlassen`,
    declineTitle: (name) => sentence`${name} nicht einlassen?`,
    declineText: "Nachricht an die Person (optional)",
    declinePlaceholder: "Wir beginnen um drei",
    show: "Anzeigen",
    notify: "In anderen Tabs melden",
    since: (minutes) =>
      minutes === 0
        ? "gerade eben"
        : count(minutes, { one: "seit einer Minute", other: `seit ${minutes} Minuten` }),
  },

  capture: {
    both: {
      denied:
        "Kamera und Mikrofon sind gesperrt. Erlauben Sie beide im Browser (Symbol neben der Adresse) und versuchen Sie es erneut.",
      missing:
        "Es wurden weder Kamera noch Mikrofon gefunden. Schließen Sie sie an oder nehmen Sie ohne teil.",
      failed:
        "Kamera und Mikrofon ließen sich nicht starten. Versuchen Sie es erneut oder nehmen Sie ohne teil.",
      insecure:
        "Browser erlauben Kamera und Mikrofon nur auf https-Seiten. Öffnen Sie diese Seite mit https oder nehmen Sie ohne teil.",
      unsupported:
        "Dieser Browser unterstützt weder Kamera noch Mikrofon. Nutzen Sie einen anderen Browser oder nehmen Sie ohne teil.",
      busy:
        "Kamera und Mikrofon ließen sich nicht starten. Vielleicht nutzt sie ein anderes Programm: Schließen Sie dieses und versuchen Sie es erneut.",
      lost:
        "Kamera und Mikrofon wurden abgezogen oder ausgeschaltet. Wählen Sie andere oder versuchen Sie es erneut.",
    },
    microphone: {
      denied:
        "Das Mikrofon ist gesperrt. Erlauben Sie es im Browser (Symbol neben der Adresse) und versuchen Sie es erneut.",
      missing: "Es wurde kein Mikrofon gefunden. Schließen Sie eines an oder nehmen Sie ohne teil.",
      failed: "Das Mikrofon ließ sich nicht starten. Versuchen Sie es erneut oder nehmen Sie ohne teil.",
      insecure:
        "Browser erlauben das Mikrofon nur auf https-Seiten. Öffnen Sie diese Seite mit https oder nehmen Sie ohne teil.",
      unsupported:
        "Dieser Browser unterstützt kein Mikrofon. Nutzen Sie einen anderen Browser oder nehmen Sie ohne teil.",
      busy:
        "Das Mikrofon ließ sich nicht starten. Vielleicht nutzt es ein anderes Programm: Schließen Sie dieses und versuchen Sie es erneut.",
      lost:
        "Das Mikrofon wurde abgezogen oder ausgeschaltet. Wählen Sie ein anderes oder versuchen Sie es erneut.",
    },
    camera: {
      denied:
        "Die Kamera ist gesperrt. Erlauben Sie sie im Browser (Symbol neben der Adresse) und versuchen Sie es erneut.",
      missing: "Es wurde keine Kamera gefunden. Schließen Sie eine an oder nehmen Sie ohne teil.",
      failed: "Die Kamera ließ sich nicht starten. Versuchen Sie es erneut oder nehmen Sie ohne teil.",
      insecure:
        "Browser erlauben die Kamera nur auf https-Seiten. Öffnen Sie diese Seite mit https oder nehmen Sie ohne teil.",
      unsupported:
        "Dieser Browser unterstützt keine Kamera. Nutzen Sie einen anderen Browser oder nehmen Sie ohne teil.",
      busy:
        "Die Kamera ließ sich nicht starten. Vielleicht nutzt sie ein anderes Programm: Schließen Sie dieses und versuchen Sie es erneut.",
      lost:
        "Die Kamera wurde abgezogen oder ausgeschaltet. Wählen Sie eine andere oder versuchen Sie es erneut.",
    },
  },

  silenced: {
    microphone:
      "Vom Mikrofon kommt kein Ton. Vielleicht nutzt es ein anderes Programm, oder es ist ausgeschaltet.",
    camera:
      "Von der Kamera kommt kein Bild. Vielleicht nutzt sie ein anderes Programm, oder ihre Klappe ist zu.",
  },
  substitute: {
    microphone: "Das gewählte Mikrofon ist nicht verfügbar. Ein anderes wird benutzt.",
    camera: "Die gewählte Kamera ist nicht verfügbar. Eine andere wird benutzt.",
    speaker: "Der gewählte Lautsprecher ist nicht verfügbar. Der des Systems wird benutzt.",
  },
  screenFailed: "Der Bildschirm ließ sich nicht teilen. Bitte versuchen Sie es erneut.",
  noCalls: {
    lobby:
      "Dieser Browser hat kein Bild und keinen Ton, weil WebRTC fehlt: zum Beispiel im Blockierungsmodus von iPhones, im Tor-Browser oder wenn eine Richtlinie es abschaltet. Nutzen Sie einen anderen Browser, oder nehmen Sie teil und chatten Sie.",
    meeting: "Dieser Browser hat kein Bild und keinen Ton, weil WebRTC fehlt. Der Chat funktioniert.",
  },

  end: {
    toHome: "Zur Startseite",
    left: {
      title: "Sie haben die Besprechung verlassen.",
      text: "Auf Wiedersehen – oder kommen Sie zurück: Ihr Link gilt weiterhin.",
    },
    rejoin: "Wieder teilnehmen",
    roomUnknown: {
      title: "Dieser Link öffnet keine Besprechung.",
      text:
        "Vielleicht ist er unvollständig oder vertippt. Fragen Sie die Person, die Sie eingeladen hat, oder fügen Sie den Link hier noch einmal ein.",
    },
    roomFull: {
      title: "Die Besprechung ist voll.",
      text: "Im Moment kann niemand mehr teilnehmen. Versuchen Sie es wieder, wenn jemand gegangen ist.",
    },
    linkOver: {
      title: "Dieser Link gilt nicht mehr.",
      text: "Er ist abgelaufen, wurde widerrufen oder hat sein Limit erreicht. Bitten Sie um einen neuen.",
    },
    guestsNotAllowed: {
      title: "Diese Besprechung ist nur für Mitglieder.",
      text: "Bitte melden Sie sich mit einem Konto ihrer Organisation an.",
    },
    signIn: "Anmelden",
    signedOut: {
      title: "Sie wurden abgemeldet.",
      text:
        "Damit haben Sie die Besprechung verlassen. Melden Sie sich wieder an, um mit Ihrem Konto weiterzumachen.",
    },
    asGuest: "Als Gast teilnehmen",
    removed: {
      title: "Die Moderation hat Sie aus der Besprechung entfernt.",
      text: "Sie können um erneuten Einlass bitten und warten dann, bis Sie eingelassen werden.",
    },
    banned: {
      title: "Sie können in diese Besprechung nicht zurückkehren.",
      text:
        "Die Moderation hat Sie entfernt. Wenn diese Besprechung zu Ende ist, können Sie wieder teilnehmen.",
    },
    declined: {
      title: "Sie wurden nicht eingelassen.",
      text: "Die Moderation hat Ihre Bitte um Einlass abgelehnt.",
    },
    declinedWord: "Die Moderation schreibt:",
    ended: {
      title: "Die Besprechung ist beendet.",
      text: "Sie wurde für alle beendet. Auf Wiedersehen!",
    },
    askAgain: "Noch einmal bitten",
    replaced: {
      title: "Sie machen anderswo weiter.",
      text: "Die Besprechung geht in einem anderen Fenster oder auf einem anderen Ihrer Geräte weiter.",
    },
    here: "Hier fortsetzen",
    outdated: {
      title: "Es gibt eine neue Version.",
      text: "Laden Sie die Seite neu, um teilzunehmen.",
    },
    reload: "Neu laden",
    fault: {
      title: "Etwas ist schiefgegangen.",
      text: "Das war unser Fehler, nicht Ihrer. Meist hilft es, wieder teilzunehmen.",
    },
    notFound: {
      title: "Seite nicht gefunden.",
      text: "Vielleicht ist die Adresse vertippt, oder die Seite ist umgezogen.",
    },
    create: "Neue Besprechung anlegen",
  },

  refused: {
    "feature.unavailable": "Der Dienst wird gerade aktualisiert. Danach geht auch das.",
    "track.unknown": "Dieses Bild oder dieser Ton ist beendet.",
    "track.idTaken": "Das ließ sich nicht starten. Bitte versuchen Sie es erneut.",
    "track.limit": "Das teilen Sie bereits.",
    "track.tooManyWhispers": "In dieser Besprechung flüstern gerade schon zu viele.",
    "space.unknown": "Dieser Raum ist schon geschlossen.",
    "space.idTaken": "Das ließ sich nicht öffnen. Bitte versuchen Sie es erneut.",
    "space.tooMany": "In dieser Besprechung lassen sich keine weiteren Räume öffnen.",
    "space.nameInvalid": "Ein Raum braucht einen Namen mit 1 bis 80 Zeichen.",
    "track.invalid": "Ihr Browser und der Server fanden kein gemeinsames Format.",
    "room.nameTooLong": "Der Name hat mehr als 120 Zeichen.",
    "participant.unknown": "Diese Person ist nicht mehr da.",
    "participant.isOwner": "Bei der Leitung geht das nicht.",
    "participant.isModerator": "Bei der Moderation darf das nur die Leitung.",
    "message.tooFrequent": "Das war zu schnell. Bitte warten Sie einen Moment.",
    "participant.notJoined": "Sie nehmen nicht an der Besprechung teil.",
    "participant.hasLeft":
      "Sie haben die Besprechung inzwischen verlassen. Bitte nehmen Sie noch einmal teil.",
  },
};
