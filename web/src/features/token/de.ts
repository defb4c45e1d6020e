import type { Words } from "./en.ts";

export const de: Words = {
  refused: {
    "token.idTaken": "Diesen Zugang gibt es schon.",
    "token.tooMany":
      "Das Limit der Zugänge für Telefone, Streams und Aufzeichnungen ist erreicht. Ziehen Sie zuerst einen zurück.",
    "token.unknown": "Diesen Zugang gibt es nicht.",
  },
};
