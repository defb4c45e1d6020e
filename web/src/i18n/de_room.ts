import { plural } from "./plural.ts";
import type { RoomWords } from "./en_room.ts";

const count = plural("de");

/** Every word of the meeting itself, in German. */
export const deRoom: RoomWords = {
  untitled: "Besprechung",
  controls: "Bedienung",
  share: "Bildschirm teilen",
  stopShare: "Teilen beenden",
  raiseHand: "Hand heben",
  lowerHand: "Hand senken",
  chat: "Chat",
  participants: "Teilnehmende",
  copyLink: "Link kopieren",
  linkCopied: "Link kopiert. Schicken Sie ihn allen, die dazukommen sollen.",
  linkNotCopied: "Der Browser hat das Kopieren nicht erlaubt. Hier ist der Link:",
  leave: "Besprechung verlassen",
  devices: "Geräte",
  people: "Personen",
  more: "Weiteres",
  you: "Sie",
  screenOf: (name) => `Bildschirm von ${name}`,
  screens: "Geteilte Bildschirme",
  sharing: "Sie teilen Ihren Bildschirm.",
  micOff: "Mikrofon aus",
  away: "Verbindung verloren, wird erwartet …",
  awayShort: "Abwesend",
  hand: (place) => `Hand gehoben, Platz ${place}`,
  alone: "Sie sind als Erste oder Erster hier.",
  aloneHint: "Schicken Sie den Link an alle, die kommen sollen. Ein Browser genügt.",
  joined: (name) => `${name} ist dabei`,
  left: (name) => `${name} ist gegangen`,
  joinedMany: (n) =>
    count(n, { one: "Eine Person ist dazugekommen", other: `${n} Personen sind dazugekommen` }),
  leftMany: (n) => count(n, { one: "Eine Person ist gegangen", other: `${n} Personen sind gegangen` }),
  handOf: (name) => `${name} hat die Hand gehoben`,
  reconnecting: "Verbindung unterbrochen. Wird wiederhergestellt …",
  mediaBroken: "Bild und Ton sind unterbrochen und gleich wieder da.",
  mediaInterrupted: "Bild und Ton einiger Personen kommen gerade nicht durch. Sie kommen von selbst wieder.",
  mediaNone: "Bild und Ton sind gerade nicht verfügbar. Der Chat funktioniert; wir versuchen es weiter.",
  mutedSpeaking: "Sie sprechen, aber Ihr Mikrofon ist aus.",
  hear: "Tippen, um die anderen zu hören",
  inRoom: (n) => count(n, { one: "Eine Person", other: `${n} Personen` }),
  speaking: "spricht",
  cameraState: { on: "Kamera an", off: "Kamera aus" },
  micState: { on: "Mikrofon an", off: "Mikrofon aus" },

  messages: {
    empty: "Noch hat niemand etwas geschrieben.",
    emptyHint: "Was Sie hier schreiben, können alle in der Besprechung lesen.",
    log: "Gesprächsverlauf",
    field: "Nachricht",
    placeholder: "An alle schreiben",
    send: "Senden",
    sending: "Wird gesendet …",
    hint: "Enter sendet, Umschalt + Enter beginnt eine neue Zeile.",
    fresh: "Neues unten",
    unread: (n) => count(n, { one: "Eine ungelesen", other: `${n} ungelesen` }),
    from: (name) => `Neu im Chat, von ${name}`,
    left: (n) => count(n, { one: "Noch ein Zeichen", other: `Noch ${n} Zeichen` }),
    tooLong: (over, max) =>
      `${
        count(over, { one: "Ein Zeichen", other: `${over} Zeichen` })
      } zu viel: Höchstens ${max} passen hinein.`,
  },
};
