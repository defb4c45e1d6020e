import type { HomeWords } from "./en_home.ts";

/** Texts of the start page, in German. */
export const deHome: HomeWords = {
  tagline: "Videobesprechungen an einem Tisch",
  title: "Alle an einem Tisch.",
  lead:
    "Tafelrunde ist eine Videobesprechung, die sich mit einem Link öffnet: ohne Konto, ohne Installation, ohne fremde Dienste.",
  name: "Name der Besprechung (optional)",
  namePlaceholder: "Haushalt 2027",
  nameTooLong: (max) => `Der Name darf höchstens ${max} Zeichen haben.`,
  create: "Besprechung anlegen",
  creating: "Wird angelegt …",
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
    offline: "Der Server ist nicht erreichbar. Bitte prüfen Sie Ihre Verbindung und versuchen Sie es erneut.",
    busy: "Der Server ist gerade ausgelastet. Bitte versuchen Sie es gleich noch einmal.",
    fault: "Bei uns ist etwas schiefgegangen. Bitte versuchen Sie es erneut.",
  },
};
