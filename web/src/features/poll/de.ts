import { sentence } from "../../i18n/isolate.ts";
import { plural } from "../../i18n/plural.ts";
import type { Words } from "./en.ts";

const count = plural("de");

export const de: Words = {
  title: "Umfragen",
  none: "Noch gibt es keine Umfragen.",
  noneHint: "Die Moderation kann hier allen eine Frage stellen.",
  create: "Neue Umfrage",
  question: "Frage",
  questionHint: "Alle in der Besprechung können sie lesen.",
  option: (n) => `Antwort ${n}`,
  addOption: "Antwort hinzufügen",
  removeOption: (n) => `Antwort ${n} entfernen`,
  isMultiple: "Mehrere Antworten sind möglich",
  results: "Ergebnis",
  resultsWhen: { live: "Sofort", end: "Am Ende" },
  names: "Namen",
  namesShown: { named: "Sichtbar", hidden: "Verborgen" },
  namedHint: "Alle sehen, wer was geantwortet hat.",
  hiddenHint:
    "In der Besprechung sieht niemand, wer was geantwortet hat. Der Betreiber des Dienstes könnte es: Es steht in seinem Protokoll.",
  lasts: "Endet",
  lastsFor: {
    never: "wenn ich sie beende",
    "1": "nach 1 Minute",
    "5": "nach 5 Minuten",
    "15": "nach 15 Minuten",
  },
  open: "Umfrage starten",
  cancel: "Abbrechen",
  answer: "Antworten",
  change: "Antwort ändern",
  withdraw: "Antwort zurückziehen",
  yours: "Ihre Antwort",
  end: "Umfrage beenden",
  ended: "Beendet",
  left: (time) => `Endet in ${time}`,
  answered: (n) => count(n, { one: "Eine Person hat geantwortet", other: `${n} Personen haben geantwortet` }),
  pending: "Das Ergebnis erscheint, wenn die Umfrage beendet ist.",
  votes: (n, percent) => `${n} · ${percent} %`,
  unanswered: (n) =>
    count(n, { one: "Eine Umfrage ohne Ihre Antwort", other: `${n} Umfragen ohne Ihre Antwort` }),
  opened: (question) => sentence`Neue Umfrage: ${question}`,
  closed: (question) => sentence`Umfrage beendet: ${question}`,
  refused: {
    "poll.questionInvalid": "Eine Frage braucht 1 bis 300 Zeichen.",
    "poll.optionsInvalid": "Eine Umfrage braucht 2 bis 20 verschiedene Antworten mit 1 bis 200 Zeichen.",
    "poll.answerInvalid": "Diese Antwort gibt es in der Umfrage nicht.",
    "poll.full": "Diese Umfrage nimmt keine weiteren Antworten an.",
    "poll.tooMany": "Fünf Umfragen laufen schon. Beenden Sie zuerst eine davon.",
    "poll.unknown": "Diese Umfrage gibt es nicht.",
    "poll.closed": "Diese Umfrage ist beendet.",
  },
};
