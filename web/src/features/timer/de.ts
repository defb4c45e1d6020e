import { plural } from "../../i18n/plural.ts";
import type { Words } from "./en.ts";

const count = plural("de");

export const de: Words = {
  title: "Timer",
  kind: "Art",
  kinds: { countdown: "Countdown", stopwatch: "Stoppuhr" },
  minutes: "Minuten",
  minutesWrong: "Geben Sie 1 bis 600 Minuten ein.",
  asksReady: "Fragen, ob alle bereit sind",
  asksReadyHint: "Ein Countdown endet früher, sobald alle es sind.",
  start: "Starten",
  cancel: "Abbrechen",
  stop: "Timer anhalten",
  ready: "Ich bin bereit",
  notReady: "Doch noch nicht",
  areReady: (n, of) => `${n} von ${count(of, { one: "einer Person", other: `${of}` })} bereit`,
  ended: { over: "Die Zeit ist um.", ready: "Alle sind bereit.", stopped: "Der Timer wurde angehalten." },
  refused: {
    "timer.notAsking": "Der Timer ist schon beendet.",
  },
};
