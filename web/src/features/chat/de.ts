import { sentence } from "../../i18n/isolate.ts";
import { plural } from "../../i18n/plural.ts";
import type { Words } from "./en.ts";

const count = plural("de");

export const de: Words = {
  title: "Chat",
  empty: "Noch hat niemand etwas geschrieben.",
  emptyHint: "Was Sie hier schreiben, können alle in der Besprechung lesen.",
  log: "Gesprächsverlauf",
  field: "Nachricht",
  placeholder: "An alle schreiben",
  send: "Senden",
  sending: "Wird gesendet …",
  older: "Frühere Nachrichten werden geladen …",
  hint: "Enter sendet, Umschalt + Enter beginnt eine neue Zeile.",
  deleted: "Nachricht gelöscht",
  delete: "Löschen",
  deleteOwn: "Ihre Nachricht löschen",
  deleteOf: (name) => `Nachricht von ${name} löschen`,
  deleteTitle: "Diese Nachricht löschen?",
  deleteHint: "In der Besprechung kann sie dann niemand mehr lesen. Das lässt sich nicht rückgängig machen.",
  fresh: "Neues unten",
  unread: (n) => count(n, { one: "Eine ungelesen", other: `${n} ungelesen` }),
  from: (name) => sentence`Neu im Chat, von ${name}`,
  left: (n) => count(n, { one: "Noch ein Zeichen", other: `Noch ${n} Zeichen` }),
  tooLong: (over, max) =>
    `${
      count(over, { one: "Ein Zeichen", other: `${over} Zeichen` })
    } zu viel: Höchstens ${max} sind erlaubt.`,
  /** A setting: who may. */
  setting: "im Chat schreiben",
  refused: {
    "chat.empty": "Eine leere Nachricht lässt sich nicht senden.",
    "chat.tooLong": "Die Nachricht hat mehr als 4.000 Zeichen.",
    "chat.unknown": "Diese Nachricht gibt es nicht.",
  },
};
